"""The reader's time zone: the cookie ``zone`` that every page's script sets to the browser's; UTC without one.

It decides which day it is for a filter or a word such as "tomorrow", and how an instant is shown. It proves nothing and
is no secret, so a script may write it, and a wrong one harms only the reader.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, request

from taskforge.clock import UTC_ZONE, set_reader_zone

COOKIE = "zone"
MAX_LENGTH = 64
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_UTC_NAMES = ("UTC", "Etc/UTC", "GMT")


def init_reader_zone(app: Flask) -> None:
    """Read the zone of every request before any code asks for it."""
    app.before_request(_read_zone)


def find_zone(name: str) -> ZoneInfo:
    """The zone with a name of the IANA database; UTC where it has none."""
    if name in _UTC_NAMES or len(name) > MAX_LENGTH or not _NAME.fullmatch(name):
        return UTC_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):  # a folder of the database is no zone
        return UTC_ZONE


def _read_zone() -> None:
    set_reader_zone(find_zone(request.cookies.get(COOKIE, "")))
