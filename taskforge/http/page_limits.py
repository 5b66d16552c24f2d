"""Limits how many pages a person reads in a minute, and how much work these pages are.

Counted in each web process by itself: a page must not cost one more question to Redis. Changes and the API have limits
of their own (`rate_limits`).
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from taskforge.errors import RateLimited
from taskforge.extensions import config_of
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.http.rate_limits import SLOW_DOWN
from taskforge.http.urls import API_PREFIX

# Times RATE_LIMIT_PER_MINUTE: a page that follows a busy board asks often.
PAGES_FOR_EACH_REQUEST = 5
# Processor time that counts as one page more.
SECONDS_FOR_EACH_PAGE = 0.01
MAX_REMEMBERED = 10_000  # sessions
EXTENSION = "taskforge_page_limits"


class PageLimits:
    """The pages of the present minute by person, and whose the sessions are that were seen last."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._people: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, credentials: bytes) -> None:
        """Refuse a page to a person who has used their minute; a session that was never seen is not refused.

        Raises:
            RateLimited: with the seconds until the next page.
        """
        user_id = self._people.get(credentials)
        if user_id is None or self._limiter.test(self._limit(user_id)):
            return
        reset_time = self._limiter.get_window_stats(self._limit(user_id)).reset_time
        wait = max(1, round(reset_time - time.time()))
        raise RateLimited(SLOW_DOWN.format(seconds=wait), retry_after=wait)

    def charge(self, credentials: bytes, user_id: str, seconds: float) -> None:
        """Count a page and its processor time."""
        self._limiter.hit(self._limit(user_id), cost=1 + int(seconds / SECONDS_FOR_EACH_PAGE))
        with self._lock:
            self._people[credentials] = user_id
            self._people.move_to_end(credentials)
            if len(self._people) > MAX_REMEMBERED:
                self._people.popitem(last=False)

    def _limit(self, user_id: str) -> RateLimitItemPerMinute:
        return RateLimitItemPerMinute(self._pages, namespace=f"pages:{user_id}")


def init_page_limits(app: Flask) -> None:
    """Count the pages of everybody who is logged in."""
    maximum = config_of(app).rate_limit_per_minute * PAGES_FOR_EACH_REQUEST
    app.extensions[EXTENSION] = PageLimits(maximum)
    app.before_request(_begin)
    app.after_request(_charge)


def _begin() -> None:
    if request.method in SAFE_METHODS and not request.path.startswith(API_PREFIX):
        g.page_began = time.thread_time()
        _limits().check(_credentials())


def _charge(response: Response) -> Response:
    """Count the page of somebody who was identified (``g.user_id``); files and health checks identify nobody."""
    began, user_id = g.pop("page_began", None), g.get("user_id")
    if began is not None and user_id is not None:
        _limits().charge(_credentials(), user_id, time.thread_time() - began)
    return response


def _credentials() -> bytes:
    """A hash of what the request says about who sends it; the user is not known before the view asks."""
    headers = request.headers
    cookie = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"], "")
    given = (cookie, headers.get("X-Session-Id", ""), headers.get("Authorization", ""))
    return hashlib.blake2b(repr(given).encode(), digest_size=16).digest()


def _limits() -> PageLimits:
    limits: PageLimits = current_app.extensions[EXTENSION]
    return limits
