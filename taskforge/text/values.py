"""Parses ids, numbers, days and instants from input.

Every function is pure: it returns the canonical value, or raises ``InvalidInput`` with a sentence about the field.
Only ``parse_uuid`` raises ``NotFound``: a malformed id and an unknown id must give the same answer.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from taskforge.errors import InvalidInput, NotFound

FIRST_YEAR = 1970
LAST_YEAR = 2200
LAST_VERSION = 2**31 - 1  # the largest value of a version column

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SPACED = re.compile(r"(?<=^[0-9-]{10}) ")
_WITHOUT_ZONE = re.compile(r"[0-9-]{10}T[0-9:.]+")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))"
)


def parse_uuid(value: object) -> str:
    """The id if it is in the canonical form: 36 characters, lower case, hyphens in place.

    Every object has exactly one address: braces, upper case, ``urn:uuid:`` and the other spellings that Python accepts
    are refused.

    Raises:
        NotFound: it is in any other form.
    """
    if isinstance(value, str) and is_uuid(value):
        return value
    raise NotFound


def is_uuid(value: str) -> bool:
    """Whether the text is an id in its canonical form."""
    return _UUID.fullmatch(value) is not None


def parse_int(value: object, *, field: str, minimum: int, maximum: int) -> int:
    """A whole number in ASCII digits or a JSON integer, within ``minimum``..``maximum``.

    No sign but ``-``, no leading zeros, underscores, spaces or ``1.0``.
    """
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        raise InvalidInput.about(field, "must be a whole number")
    if not minimum <= number <= maximum:
        raise InvalidInput.about(field, f"must be between {minimum} and {maximum}")
    return number


def parse_date(value: object, *, field: str) -> date:
    """A calendar day written ``YYYY-MM-DD``, from 1970 to 2200."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidInput.about(field, "must be a date like 2026-05-31")
    try:
        day = date(*map(int, match.groups()))
    except ValueError as error:
        raise InvalidInput.about(field, "is not a day of the calendar") from error
    _check_year(day.year, field)
    return day


def parse_sent_instant(value: str, *, field: str) -> datetime:
    """An instant or a day in an address; without an offset, as a form's field sends it, it is in UTC."""
    # A "+" in a query string is decoded as a space.
    given = _SPACED.sub("T", value.strip()).replace(" ", "+")
    zoned = f"{given}Z" if _WITHOUT_ZONE.fullmatch(given) else given
    return parse_datetime(zoned, field=field, date_only=True)


def parse_datetime(value: object, *, field: str, date_only: bool = False) -> datetime:
    """An instant in ISO 8601 with an offset, as aware UTC cut to milliseconds.

    With ``date_only`` a bare day is accepted too and means its first moment in UTC. Offsets are whole quarter hours
    from -12:00 to +14:00; 24:00 and leap seconds are refused.
    """
    if date_only and isinstance(value, str) and len(value) == len("YYYY-MM-DD"):
        day = parse_date(value, field=field)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    match = _DATETIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidInput.about(field, "must be a time like 2026-05-31T16:30:00Z")
    day_text, hour, minute, second, fraction, _, sign, offset_hours, offset_minutes = match.groups()
    day = parse_date(day_text, field=field)
    zone = _offset(sign, offset_hours, offset_minutes, field)
    milliseconds = int((fraction or "0").ljust(3, "0")[:3])
    try:
        local = datetime(
            day.year,
            day.month,
            day.day,
            int(hour),
            int(minute),
            int(second or 0),
            milliseconds * 1_000,
            tzinfo=zone,
        )
    except ValueError as error:
        raise InvalidInput.about(field, "is not a time of the day") from error
    instant = local.astimezone(UTC)
    _check_year(instant.year, field)
    return instant


def _offset(sign: str | None, hours: str | None, minutes: str | None, field: str) -> timezone:
    if sign is None or hours is None or minutes is None:
        return UTC
    total = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    if int(minutes) % 15 or int(minutes) > 45 or not -12 * 60 <= total <= 14 * 60:
        raise InvalidInput.about(field, "has an offset that no time zone uses")
    return timezone(timedelta(minutes=total))


def _check_year(year: int, field: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput.about(field, f"must be between the years {FIRST_YEAR} and {LAST_YEAR}")
