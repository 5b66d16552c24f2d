"""How uses of a limit are counted: in Redis, and in this process while Redis is unavailable.

Requests are counted by one script instead of the library's three commands for each limit; tries by the library.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from flask import current_app, g
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter
from redis import Redis

from taskforge.config import Config
from taskforge.errors import RateLimited
from taskforge.messaging.counted_connection import count_trips
from taskforge.messaging.keys import RATE_LIMIT
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard

EXTENSION = "taskforge_limiters"
REQUESTS = "requests"  # counted in fixed windows of a minute
# Counted in sliding windows: fixed ones would allow twice the number at their border.
TRIES = "tries"
# Counts one more in each of some fixed windows, of so many seconds each; answers each count, and the milliseconds left.
COUNT = """
    local found = {}
    for place, key in ipairs(KEYS) do
        local count = redis.call('INCR', key)
        if count == 1 then redis.call('EXPIRE', key, ARGV[place]) end
        found[2 * place - 1], found[2 * place] = count, redis.call('PTTL', key)
    end
    return found
"""


@dataclass(frozen=True)
class Usage:
    """How much of a limit is used, as the ``X-RateLimit`` headers say it.

    ``limit`` and ``remaining`` are numbers of requests; the window begins anew ``reset_seconds`` from now.
    """

    limit: int
    remaining: int
    reset_seconds: int


class Limiters:
    """One kind of window, counted in Redis (`shared`) and, while that is unavailable, in this process (`local`)."""

    def __init__(self, kind: type[RateLimiter], config: Config, client: Redis) -> None:
        options: dict[str, Any] = {
            "socket_timeout": config.redis_timeout_seconds,
            "socket_connect_timeout": config.redis_timeout_seconds,
            "key_prefix": RATE_LIMIT.prefix.rstrip(":"),  # the library adds the colon
            "wrap_exceptions": False,
        }
        self.shared = kind(RedisStorage(config.redis_url, **options))
        self.local = kind(MemoryStorage())
        self.count = client.register_script(COUNT)
        storage = cast(RedisStorage, self.shared.storage)
        count_trips(cast(Redis, storage.storage).connection_pool)


def hit_all(items: Sequence[RateLimitItem], message: str) -> list[Usage]:
    """Count one use of several limits, in one round trip to Redis; raises RateLimited if one of them is used up."""
    limiters: Limiters = current_app.extensions[EXTENSION][REQUESTS]
    try:
        with redis_guard():
            keys, seconds = [key_of(item) for item in items], [item.get_expiry() for item in items]
            answer = cast(list[int], limiters.count(keys=keys, args=seconds))
        found = list(zip(answer[::2], answer[1::2], strict=True))
    except RedisUnavailable:
        found = [_count_here(limiters.local, item) for item in items]
    return [
        require_allowed(item, count, milliseconds, message)
        for item, (count, milliseconds) in zip(items, found, strict=True)
    ]


def require_allowed(item: RateLimitItem, count: int, milliseconds: int, message: str) -> Usage:
    """What is left after use number `count` of a window; raises RateLimited if that was one too many."""
    usage = Usage(item.amount, max(0, item.amount - count), max(1, round(milliseconds / 1000)))
    if count > item.amount:
        _refuse(usage, message)
    return usage


def _count_here(limiter: RateLimiter, item: RateLimitItem) -> tuple[int, int]:
    allowed = limiter.hit(item)
    stats = limiter.get_window_stats(item)
    count = item.amount - stats.remaining if allowed else item.amount + 1
    return count, round((stats.reset_time - time.time()) * 1000)


def key_of(item: RateLimitItem) -> str:
    """The key of a fixed window, as the library `limits` names it."""
    limiters: Limiters = current_app.extensions[EXTENSION][REQUESTS]
    return cast(RedisStorage, limiters.shared.storage).prefixed_key(item.key_for())


def _refuse(usage: Usage, message: str) -> NoReturn:
    g.rate_usage = usage  # the refusal says which limit it was
    raise RateLimited(message.format(seconds=usage.reset_seconds), retry_after=usage.reset_seconds)


def ask(
    question: Callable[[RateLimiter], tuple[bool, Usage]], message: str, kind: str = REQUESTS
) -> Usage:
    """Put one of the questions below to the windows of a kind; raises RateLimited where its answer is no."""
    limiters: Limiters = current_app.extensions[EXTENSION][kind]
    try:
        with redis_guard():
            allowed, usage = question(limiters.shared)
    except RedisUnavailable:
        allowed, usage = question(limiters.local)
    if not allowed:
        _refuse(usage, message)
    return usage


def test_use(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    """Whether something is left; counts nothing."""
    return limiter.test(item), _usage(limiter, item)


def hit_use(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    """Count one use; whether it is allowed."""
    return limiter.hit(item), _usage(limiter, item)


def count_use(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    """Count one use, which is allowed in any case."""
    return True, hit_use(item, limiter)[1]


def take_back_use(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    """Count one use less."""
    limiter.hit(item, cost=-1)
    return True, _usage(limiter, item)


def clear_uses(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    """Forget all uses."""
    limiter.clear(item)
    return True, _usage(limiter, item)


def _usage(limiter: RateLimiter, item: RateLimitItem) -> Usage:
    stats = limiter.get_window_stats(item)
    return Usage(
        item.amount, max(0, stats.remaining), max(1, round(stats.reset_time - time.time()))
    )
