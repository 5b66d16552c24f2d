"""Time zones by their names in the IANA database."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from taskforge.clock import UTC_ZONE
from taskforge.errors import InvalidInput

MAX_LENGTH = 64
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_UTC_NAMES = ("UTC", "Etc/UTC", "GMT")
# The others are names of earlier times, such as US/Eastern, or offsets whose sign is not what people expect.
_AREAS = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip


def find_zone(name: str) -> ZoneInfo:
    """The zone with a name of the IANA database; UTC where it has none."""
    return _read_zone(name) or UTC_ZONE


def clean_zone(value: object, *, field: str) -> str | None:
    """The name of a zone; None for an empty text, which leaves the choice to the browser.

    Raises:
        InvalidInput: there is no such zone.
    """
    if value in (None, ""):
        return None
    if not isinstance(value, str) or _read_zone(value) is None:
        raise InvalidInput.about(field, "is no time zone: a name such as Europe/Vienna is needed")
    return value


@cache
def list_zones() -> tuple[str, ...]:
    """The zones to choose from, by name: those of places, and UTC."""
    return "UTC", *sorted(name for name in available_timezones() if name.startswith(_AREAS))


def _read_zone(name: str) -> ZoneInfo | None:
    if name in _UTC_NAMES:
        return UTC_ZONE
    if len(name) > MAX_LENGTH or not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):  # a folder of the database is no zone
        return None
