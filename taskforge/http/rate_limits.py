"""Rate limits: windows counted in Redis, and in this process while Redis is unavailable."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from redis import Redis

from taskforge.config import Config
from taskforge.errors import RateLimited
from taskforge.extensions import config_of
from taskforge.http.client_address import counted_address
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.messaging.counted_connection import count_trips
from taskforge.messaging.keys import RATE_LIMIT
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard

SLOW_DOWN = "That was a lot of requests. Please wait {seconds} seconds and try again."
TOO_MANY_LOGINS = "Too many tries. Please wait {seconds} seconds, then try again."


@dataclass(frozen=True)
class Usage:
    """How much of a limit is used, as the ``X-RateLimit`` headers say it.

    ``limit`` and ``remaining`` are numbers of requests; the window begins anew ``reset_seconds`` from now.
    """

    limit: int
    remaining: int
    reset_seconds: int


REQUESTS = "requests"  # counted in fixed windows of a minute
TRIES = (
    "tries"  # counted in sliding windows: fixed ones would allow twice the number at their border
)


class Limiters:
    """One kind of window, counted in Redis (`shared`) and, while that is unavailable, in this process (`local`)."""

    def __init__(self, kind: type[RateLimiter], config: Config) -> None:
        options: dict[str, Any] = {
            "socket_timeout": config.redis_timeout_seconds,
            "socket_connect_timeout": config.redis_timeout_seconds,
            "key_prefix": RATE_LIMIT.prefix.rstrip(":"),  # the library adds the colon
            "wrap_exceptions": False,
        }
        self.shared = kind(RedisStorage(config.redis_url, **options))
        self.local = kind(MemoryStorage())
        storage = cast(RedisStorage, self.shared.storage)
        count_trips(cast(Redis, storage.storage).connection_pool)


def init_rate_limits(app: Flask) -> None:
    """Make the limiters, and put the state of a limit that was counted into the answer's headers."""
    config = config_of(app)
    app.extensions["taskforge_limiters"] = {
        REQUESTS: Limiters(FixedWindowRateLimiter, config),
        TRIES: Limiters(SlidingWindowCounterRateLimiter, config),
    }
    app.after_request(_add_headers)


def limit_api(user_id: str) -> None:
    """Count an API request of a user: all requests, and writes on their own.

    Raises:
        RateLimited: with the seconds until the next one is allowed.
    """
    config = config_of()
    item = RateLimitItemPerMinute(config.rate_limit_per_minute, namespace=f"api:{user_id}")
    g.rate_usage = hit(item)
    if request.method not in SAFE_METHODS:
        _count_write(f"api:{user_id}:writes")


def limit_writes(user_id: str) -> None:
    """Count a change that a user makes in the browser.

    Raises:
        RateLimited: the user's allowance of changes a minute is used up.
    """
    _count_write(f"web:{user_id}:writes")


def take_login_try(*, email: str, ip: str | None, device: str | None = None) -> None:
    """Count a log-in try for an account and an IP address together, before the password is checked.

    From a known `device` it is counted for the device alone, whatever was tried elsewhere.

    Before and not after, so that tries at the same time can't pass the limit together. `give_back_login_tries` resets
    the count after a success.

    Raises:
        RateLimited: too many tries within the window of 15 minutes.
    """
    own, *wide = _login_limits(email, ip, device)
    for item in wide if device is None else ():
        _ask(partial(_test, item), TOO_MANY_LOGINS, TRIES)
    take_try(own)


def give_back_login_tries(*, email: str, ip: str | None, device: str | None = None) -> None:
    """Reset the count of `take_login_try`, after a log-in that succeeded."""
    give_back_tries(_login_limits(email, ip, device)[0])


def count_failed_login(*, email: str, ip: str | None) -> None:
    """Count a failed log-in for the account (from any address) and for the IP address (with any account)."""
    for item in _login_limits(email, ip)[1:]:
        _ask(partial(_count, item), TOO_MANY_LOGINS, TRIES)


def require_left(item: RateLimitItem, message: str = SLOW_DOWN) -> None:
    """Refuse where a limit is used up, without counting.

    Raises:
        RateLimited: `message` may name ``{seconds}``.
    """
    _ask(partial(_test, item), message)


def count(item: RateLimitItem) -> None:
    """Count one use of a limit, which is not refused."""
    _ask(partial(_count, item), SLOW_DOWN)


def take_try(item: RateLimitItem) -> None:
    """Count a try at a password, before it is checked, in a sliding window.

    Raises:
        RateLimited: too many tries.
    """
    _ask(partial(_hit, item), TOO_MANY_LOGINS, TRIES)


def give_back_tries(item: RateLimitItem) -> None:
    """Reset the count of `take_try`, after the right password."""
    _ask(partial(_clear, item), TOO_MANY_LOGINS, TRIES)


def limit_registrations(*, ip: str | None) -> None:
    """Count a new account from an IP address.

    Raises:
        RateLimited: too many within an hour.
    """
    maximum, address = config_of().registrations_per_hour, counted_address(ip)
    hit(
        RateLimitItemPerMinute(maximum, 60, namespace=f"register:{address}"),
        TOO_MANY_LOGINS,
    )


def hit(item: RateLimitItem, message: str = SLOW_DOWN) -> Usage:
    """Count one use of a limit and say how much is left.

    Raises:
        RateLimited: the limit is used up; `message` may name ``{seconds}``.
    """
    return _ask(partial(_hit, item), message)


def _count_write(namespace: str) -> None:
    item = RateLimitItemPerMinute(config_of().rate_limit_writes_per_minute, namespace=namespace)
    _ask(partial(_hit_only, item), SLOW_DOWN)


def _ask(
    question: Callable[[RateLimiter], tuple[bool, Usage]], message: str, kind: str = REQUESTS
) -> Usage:
    limiters: Limiters = current_app.extensions["taskforge_limiters"][kind]
    try:
        with redis_guard():
            allowed, usage = question(limiters.shared)
    except RedisUnavailable:
        allowed, usage = question(limiters.local)
    if not allowed:
        g.rate_usage = usage  # the refusal says which limit it was
        raise RateLimited(
            message.format(seconds=usage.reset_seconds), retry_after=usage.reset_seconds
        )
    return usage


def _login_limits(email: str, ip: str | None, device: str | None = None) -> list[RateLimitItem]:
    """The limits of a log-in: by account and address (or known device), by account, by address.

    The first is the strict one: tries from another address do not soon lock the owner out of their account.
    """
    maximum, address = config_of().login_attempts_per_15_minutes, counted_address(ip)
    own = f"login-device:{email}:{device}" if device else f"login:{email}:{address}"
    return [
        RateLimitItemPerMinute(maximum, 15, namespace=own),
        RateLimitItemPerMinute(maximum * 10, 15, namespace=f"login:{email}"),
        RateLimitItemPerMinute(maximum * 10, 15, namespace=f"login-ip:{address}"),
    ]


def _test(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    return limiter.test(item), _usage(limiter, item)


def _hit(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    return limiter.hit(item), _usage(limiter, item)


def _hit_only(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    """Like `_hit`, but reads how much is left only for a refusal: one Redis command less for each change."""
    allowed = limiter.hit(item)
    return allowed, Usage(item.amount, 0, 0) if allowed else _usage(limiter, item)


def _count(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    return True, _hit(item, limiter)[1]


def _clear(item: RateLimitItem, limiter: RateLimiter) -> tuple[bool, Usage]:
    limiter.clear(item)
    return True, _usage(limiter, item)


def _usage(limiter: RateLimiter, item: RateLimitItem) -> Usage:
    stats = limiter.get_window_stats(item)
    return Usage(
        item.amount, max(0, stats.remaining), max(1, round(stats.reset_time - time.time()))
    )


def _add_headers(response: Response) -> Response:
    usage: Usage | None = g.get("rate_usage")
    if usage is not None:
        response.headers["X-RateLimit-Limit"] = str(usage.limit)
        response.headers["X-RateLimit-Remaining"] = str(usage.remaining)
        response.headers["X-RateLimit-Reset"] = str(usage.reset_seconds)
    return response
