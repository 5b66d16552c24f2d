"""Limits how many pages a person reads in a minute, and how much work these pages are.

Counted in each web process by itself: a page must not cost one more question to Redis. Changes and the API have limits
of their own (`rate_limits`). Counted here and not by the library `limits`, whose memory starts a thread for nearly
each page: with it the limit was 9 % in the profile of a board that nobody changed, without the threads' own time.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, Response, current_app, g, request

from taskforge.errors import RateLimited
from taskforge.extensions import config_of
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.http.rate_limits import SLOW_DOWN
from taskforge.http.urls import API_PREFIX

# Times RATE_LIMIT_PER_MINUTE: a page that follows a busy board asks often.
PAGES_FOR_EACH_REQUEST = 5
# Processor time that counts as one page more.
SECONDS_FOR_EACH_PAGE = 0.01
MAX_REMEMBERED = 10_000  # sessions, and people
WINDOW_SECONDS = 60.0
EXTENSION = "taskforge_page_limits"

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True)
class Window:
    """A minute of somebody's pages: how many they were, and when it ends by the monotonic clock."""

    ends: float
    used: int = 0


class PageLimits:
    """The pages of the present minute by person, and whose the sessions are that were seen last."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self._windows: OrderedDict[str, Window] = OrderedDict()
        self._people: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, credentials: bytes) -> None:
        """Refuse a page to a person who has used their minute; a session that was never seen is not refused.

        Raises:
            RateLimited: with the seconds until the next page.
        """
        window = self._windows.get(self._people.get(credentials, ""))
        if window is None or window.used < self._pages:
            return
        left = window.ends - time.monotonic()
        if left > 0:
            wait = max(1, round(left))
            raise RateLimited(SLOW_DOWN.format(seconds=wait), retry_after=wait)

    def charge(self, credentials: bytes, user_id: str, seconds: float) -> None:
        """Count a page and its processor time."""
        now = time.monotonic()
        with self._lock:
            window = self._windows.get(user_id)
            if window is None or window.ends <= now:
                window = Window(now + WINDOW_SECONDS)
            window.used += 1 + int(seconds / SECONDS_FOR_EACH_PAGE)
            _remember(self._windows, user_id, window)
            _remember(self._people, credentials, user_id)


def _remember(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MAX_REMEMBERED:
        kept.popitem(last=False)


def init_page_limits(app: Flask) -> None:
    """Count the pages of everybody who is logged in."""
    maximum = config_of(app).rate_limit_per_minute * PAGES_FOR_EACH_REQUEST
    app.extensions[EXTENSION] = PageLimits(maximum)
    app.before_request(_begin)
    app.after_request(_charge)


def _begin() -> None:
    if request.method in SAFE_METHODS and not request.path.startswith(API_PREFIX):
        credentials = _credentials()
        g.page_begun = time.thread_time(), credentials
        _limits().check(credentials)


def _charge(response: Response) -> Response:
    """Count the page of somebody who was identified (``g.user_id``); files and health checks identify nobody."""
    user_id = g.get("user_id")
    if user_id is not None and "page_begun" in g:
        began, credentials = g.pop("page_begun")
        _limits().charge(credentials, user_id, time.thread_time() - began)
    return response


def _credentials() -> bytes:
    """A hash of what the request says about who sends it; the user is not known before the view asks."""
    environ = request.environ
    cookie = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"], "")
    given = (cookie, environ.get("HTTP_X_SESSION_ID"), environ.get("HTTP_AUTHORIZATION"))
    return hashlib.blake2b(repr(given).encode(), digest_size=16).digest()


def _limits() -> PageLimits:
    limits: PageLimits = current_app.extensions[EXTENSION]
    return limits
