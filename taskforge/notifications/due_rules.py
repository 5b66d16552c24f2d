"""When somebody is told that a card is due: a pure rule of its moment, their zone and their hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from taskforge.notification_kinds import NotificationKind
from taskforge.text.moments import Moment, from_stored, iso_text

BEFORE = timedelta(hours=24)  # that an instant is announced
# How long after its moment something is still told: who was away with all relays for a day is not told of it later.
LATE = timedelta(hours=24)
DUE_KINDS = frozenset({NotificationKind.DUE_SOON, NotificationKind.OVERDUE})


class DueNotice(NamedTuple):
    """What is to be told now, and from when on it was to be told."""

    kind: NotificationKind
    from_at: datetime


def still_holds(payload: Mapping[str, Any], card: Mapping[str, Any]) -> bool:
    """Whether what was told of a card that is due is true now: it is not done, and due at the same moment.

    `payload` is that of the line; `card` has ``is_open``, ``due_at`` and ``due_has_time`` of the task as it is now.
    """
    if not card["is_open"] or card["due_at"] is None:
        return False
    return bool(payload["due"] == iso_text(from_stored(card["due_at"], card["due_has_time"])))


def find_notice(due: Moment, *, zone: ZoneInfo, hour: int, now: datetime) -> DueNotice | None:
    """What somebody in a zone, whose day begins at an hour, is to be told of a card now; None for nothing.

    A day is told at that hour of the day itself, and as overdue at that hour of the next one. An instant is told 24
    hours before, and as overdue when it has come.
    """
    if isinstance(due, datetime):
        soon_at, soon_until, over_at = due - BEFORE, due, due
    else:
        soon_at = _local(due, hour, zone)
        soon_until = _local(due + timedelta(days=1), 0, zone)
        over_at = _local(due + timedelta(days=1), hour, zone)
    if over_at <= now < over_at + LATE:
        return DueNotice(NotificationKind.OVERDUE, over_at)
    if soon_at <= now < soon_until:
        return DueNotice(NotificationKind.DUE_SOON, soon_at)
    return None


def _local(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
