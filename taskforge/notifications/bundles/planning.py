"""Notes, with the lines of an inbox, when their mails are due: the hook of the channel `mail`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from taskforge import clock
from taskforge.ids import new_id
from taskforge.mail.service import is_available
from taskforge.notifications.bundles.queries import PLAN
from taskforge.notifications.bundles.schedule import Frequency, Schedule, due_at
from taskforge.notifications.hooks import Line
from taskforge.notifications.settings import Settings
from taskforge.stores.direct_execution import execute
from taskforge.text.zones import find_zone


def schedule_of(settings: Settings) -> Schedule:
    """When a person wants their mails. A zone that the profile leaves to the browser is UTC."""
    return Schedule(
        frequency=Frequency(settings.frequency),
        zone=find_zone(settings.time_zone or ""),
        digest_hour=settings.digest_hour,
        digest_weekday=settings.digest_weekday,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
    )


def plan(connection: Connection, lines: Sequence[Line]) -> None:
    """Write which of the new lines are to be mailed, in the transaction that inserts them.

    Nothing where no mail can be sent.
    """
    if not lines or not is_available():
        return
    now = clock.now()
    # What is delivered late is due at once, and has its time to be sent from now on.
    due = [max(due_at(schedule_of(line.settings), line.created_at), now) for line in lines]
    first: dict[str, datetime] = {}
    for line, at in zip(lines, due, strict=True):
        first[line.user_id] = min(at, first.get(line.user_id, at))
    parameters = {
        "notification_ids": [line.notification_id for line in lines],
        "user_ids": [line.user_id for line in lines],
        "created": [line.created_at for line in lines],
        "due": due,
        "bundle_ids": [new_id() for _ in first],
        "people": list(first),
        "first_due": list(first.values()),
        "at": now,
    }
    execute(connection, PLAN, parameters)
