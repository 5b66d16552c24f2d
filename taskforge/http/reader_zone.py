"""The reader's time zone: the one that they chose in their profile, else the cookie ``zone``; UTC without both.

Every page's script sets the cookie to the browser's zone. It proves nothing and is no secret, so a script may write it,
and a wrong one harms only the reader. The chosen zone becomes known with the person (`taskforge.identity.current`).

The zone decides which day it is for a filter or a word such as "tomorrow", and how an instant is shown.
"""

from __future__ import annotations

from flask import Flask, request

from taskforge.clock import MONDAY, set_reader_week_start, set_reader_zone
from taskforge.text.zones import find_zone

COOKIE = "zone"


def init_reader_zone(app: Flask) -> None:
    """Read the zone of every request before any code asks for it."""
    app.before_request(_read_zone)


def _read_zone() -> None:
    set_reader_zone(find_zone(request.cookies.get(COOKIE, "")))
    set_reader_week_start(MONDAY)
