"""Rate limits: of requests, of changes, and of tries at passwords. `taskforge.http.limiters` counts them.

A change in the browser is counted by the script that loads its session (`taskforge.http.sessions`): it asks Redis once
before its view.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from flask import Flask, Response, g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter
from redis import Redis

from taskforge.errors import Unavailable
from taskforge.extensions import config_of
from taskforge.http.client_address import counted_address
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.http.limiters import (
    EXTENSION,
    REQUESTS,
    TRIES,
    Limiters,
    Usage,
    ask,
    clear_uses,
    count_use,
    hit_all,
    hit_use,
    key_of,
    require_allowed,
    take_back_use,
    test_use,
)

SLOW_DOWN = "That was a lot of requests. Please wait {seconds} seconds and try again."
TOO_MANY_LOGINS = "Too many tries. Please wait {seconds} seconds, then try again."
WEB_WRITES = "web:{user_id}:writes"


class CountedWrite(NamedTuple):
    """A change in the browser that is counted: whose, its number in the window, and the milliseconds of it left."""

    user_id: str
    number: int
    milliseconds: int


def init_rate_limits(app: Flask, client: Redis) -> None:
    """Make the limiters, and put the state of a limit that was counted into the answer's headers."""
    config = config_of(app)
    app.extensions[EXTENSION] = {
        REQUESTS: Limiters(FixedWindowRateLimiter, config, client),
        TRIES: Limiters(SlidingWindowCounterRateLimiter, config, client),
    }
    app.after_request(_add_headers)


def limit_api(user_id: str) -> None:
    """Count an API request of a user: all requests, and writes on their own.

    Raises:
        RateLimited: with the seconds until the next one is allowed.
    """
    maximum = config_of().rate_limit_per_minute
    items: list[RateLimitItem] = [RateLimitItemPerMinute(maximum, namespace=f"api:{user_id}")]
    if request.method not in SAFE_METHODS:
        items.append(_writes(f"api:{user_id}:writes"))
    g.rate_usage = hit_all(items, SLOW_DOWN)[0]


def limit_writes(user_id: str, counted: CountedWrite | None) -> None:
    """Count a change that a user makes in the browser, unless it was `counted` already, when the session was opened.

    Raises:
        RateLimited: the user's allowance of changes a minute is used up.
    """
    item = _writes(WEB_WRITES.format(user_id=user_id))
    if counted is None or counted.user_id != user_id:
        hit_all([item], SLOW_DOWN)
    else:
        require_allowed(item, counted.number, counted.milliseconds, SLOW_DOWN)


def web_writes_key() -> tuple[str, str]:
    """The key in Redis of a user's changes in the browser: what stands before the user's id, and behind it."""
    before, after = key_of(_writes(WEB_WRITES.format(user_id="%"))).split("%")
    return before, after


@contextmanager
def login_try(*, email: str, ip: str | None, device: str | None = None) -> Iterator[None]:
    """Count a log-in try for an account and an IP address together; within the block the password is checked.

    From a known `device` it is counted for the device alone, whatever was tried elsewhere. `give_back_login_tries`
    resets the count after a success.

    Raises:
        RateLimited: too many tries within the window of 15 minutes.
    """
    own, *wide = _login_limits(email, ip, device)
    for item in wide if device is None else ():
        ask(partial(test_use, item), TOO_MANY_LOGINS, TRIES)
    with counted_try(own):
        yield


def give_back_login_tries(*, email: str, ip: str | None, device: str | None = None) -> None:
    """Reset the count of `login_try`, after a log-in that succeeded."""
    give_back_tries(_login_limits(email, ip, device)[0])


def count_failed_login(*, email: str, ip: str | None) -> None:
    """Count a failed log-in for the account (from any address) and for the IP address (with any account)."""
    for item in _login_limits(email, ip)[1:]:
        ask(partial(count_use, item), TOO_MANY_LOGINS, TRIES)


def require_left(item: RateLimitItem, message: str = SLOW_DOWN) -> None:
    """Refuse where a limit is used up, without counting.

    Raises:
        RateLimited: `message` may name ``{seconds}``.
    """
    ask(partial(test_use, item), message)


def count(item: RateLimitItem) -> None:
    """Count one use of a limit, which is not refused."""
    ask(partial(count_use, item), SLOW_DOWN)


@contextmanager
def counted_try(item: RateLimitItem) -> Iterator[None]:
    """Count a try at a password in a sliding window; within the block it is checked.

    Before and not after, so that tries at the same time can't pass the limit together. One that could not be checked
    (`Unavailable`) does not count: alone, for it must not forgive the wrong ones before it.

    Raises:
        RateLimited: too many tries.
    """
    ask(partial(hit_use, item), TOO_MANY_LOGINS, TRIES)
    try:
        yield
    except Unavailable:
        ask(partial(take_back_use, item), TOO_MANY_LOGINS, TRIES)
        raise


def give_back_tries(item: RateLimitItem) -> None:
    """Reset the count of `counted_try`, after the right password."""
    ask(partial(clear_uses, item), TOO_MANY_LOGINS, TRIES)


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
    return hit_all([item], message)[0]


def _writes(namespace: str) -> RateLimitItem:
    return RateLimitItemPerMinute(config_of().rate_limit_writes_per_minute, namespace=namespace)


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


def _add_headers(response: Response) -> Response:
    usage: Usage | None = g.get("rate_usage")
    if usage is not None:
        response.headers["X-RateLimit-Limit"] = str(usage.limit)
        response.headers["X-RateLimit-Remaining"] = str(usage.remaining)
        response.headers["X-RateLimit-Reset"] = str(usage.reset_seconds)
    return response
