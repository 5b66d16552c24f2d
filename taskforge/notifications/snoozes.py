"""When what was put off comes back: the times to choose from, and the sweep that brings it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from taskforge import clock
from taskforge.ids import new_id
from taskforge.notification_kinds import find_kind
from taskforge.notifications.service import publish_unread
from taskforge.notifications.settings import is_shown_live, read_settings
from taskforge.stores import sql
from taskforge.stores.direct_execution import execute
from taskforge.stores.prepared_statements import prepared

RETURNED_AT_ONCE = 200
MORNING = time(9)
LATER_HOURS = 3
LAST_HOUR = 21  # "later today" is no later than this
_WEEK_DAYS = 7

_HAS_DUE = prepared("""
    SELECT snoozed_until <= CAST(:at AS timestamptz)
    FROM   notifications
    WHERE  snoozed_at IS NOT NULL
    ORDER  BY snoozed_until
    LIMIT  1
""")
_RETURN = prepared("""
    WITH due AS (
        SELECT notification_id, snoozed_until
        FROM   notifications
        WHERE  snoozed_at IS NOT NULL AND snoozed_until <= CAST(:at AS timestamptz)
        ORDER  BY snoozed_until
        LIMIT  CAST(:limit AS bigint)
        FOR UPDATE SKIP LOCKED
    ), numbered AS (
        SELECT notification_id, row_number() OVER (ORDER BY snoozed_until, notification_id) AS number
        FROM   due
    )
    UPDATE notifications n
    SET    snoozed_until = NULL, snoozed_at = NULL, read_at = NULL,
           place_id = (CAST(:places AS uuid[]))[numbered.number]
    FROM   numbered
    WHERE  n.notification_id = numbered.notification_id
    RETURNING n.user_id, n.notification_id, n.kind
""")


@dataclass(frozen=True)
class SnoozeChoice:
    """A time to choose: its name in a form, its words, and the instant."""

    name: str
    words: str
    until: datetime


def list_choices(now: datetime, zone: ZoneInfo) -> list[SnoozeChoice]:
    """The times that somebody in a zone may choose from: later today if the day is long enough, then mornings."""
    local = now.astimezone(zone)
    tomorrow = local.date() + timedelta(days=1)
    next_monday = local.date() + timedelta(days=_WEEK_DAYS - local.weekday())
    days = [("tomorrow", "Tomorrow morning", tomorrow)]
    if next_monday != tomorrow:
        days.append(("next_week", "Next week", next_monday))
    choices = [
        SnoozeChoice(name, words, datetime.combine(day, MORNING, zone)) for name, words, day in days
    ]
    hour = local.hour + LATER_HOURS + (1 if local.minute else 0)
    if hour <= LAST_HOUR:
        later = datetime.combine(local.date(), time(hour), zone)
        choices.insert(0, SnoozeChoice("later", "Later today", later))
    return choices


def has_due(at: datetime) -> bool:
    """Whether anything that was put off should be back at an instant."""
    return bool(sql.scalar(_HAS_DUE, {"at": at}))


def return_due() -> int:
    """Bring back what was put off until now: unread, first in its inbox, and shown on open pages; answers how many.

    At most `RETURNED_AT_ONCE`, those that have waited longest. What another process brings back just now is left to it.
    """
    at = clock.now()
    if not has_due(at):
        return 0
    places = [new_id() for _ in range(RETURNED_AT_ONCE)]
    parameters = {"at": at, "limit": RETURNED_AT_ONCE, "places": places}
    with sql.transaction() as connection:
        returned = execute(connection, _RETURN, parameters).mappings().all()
        settings = read_settings(connection, {row["user_id"] for row in returned})
    news: dict[str, list[str]] = {row["user_id"]: [] for row in returned}
    for row in returned:
        kind, of_reader = find_kind(row["kind"]), settings[row["user_id"]]
        if kind and is_shown_live(kind, of_reader, at):
            news[row["user_id"]].append(row["notification_id"])
    if news:
        publish_unread(news)
    return len(returned)
