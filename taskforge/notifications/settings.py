"""How people want to be notified: what decides whether a notification comes to somebody by a channel, and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import cast

from sqlalchemy import Connection

from taskforge.accounts.notification_preferences import is_chosen
from taskforge.accounts.queries import PEOPLE, SETTINGS_COLUMNS, left_join_settings
from taskforge.notification_kinds import Channel, NotificationKind
from taskforge.notifications.quiet_hours import is_quiet_at
from taskforge.stores import sql
from taskforge.stores.direct_execution import execute
from taskforge.stores.prepared_statements import prepared
from taskforge.text.zones import find_zone


@dataclass(frozen=True)
class Settings:
    """How one person wants to be notified; the fields are those of `taskforge.accounts.models.NotificationSettings`.

    ``time_zone`` is the one of their profile: None, if they leave it to their browser, counts as UTC.
    """

    email: bool = True
    push: bool = True
    frequency: str = "immediate"
    digest_hour: int = 8
    digest_weekday: int = 1
    quiet_from: time | None = None
    quiet_until: time | None = None
    matrix: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    time_zone: str | None = None


_READ = f"""
    SELECT u.user_id, u.time_zone, {SETTINGS_COLUMNS}
    FROM   {PEOPLE}
           {left_join_settings("u.user_id")}
    WHERE  u.user_id = ANY(CAST(:user_ids AS uuid[]))
"""
# A statement of its own: one that waited for the lock would read the settings from its old snapshot (READ COMMITTED).
_HOLD = f"""
    SELECT
    FROM   {PEOPLE}
    WHERE  u.user_id = ANY(CAST(:user_ids AS uuid[]))
    ORDER  BY u.user_id
    FOR    SHARE
"""
_OF_PEOPLE = prepared(_READ)
_HOLD_AND_READ = prepared(_HOLD, _READ)
# A device has a switch of its own (`push.subscriptions`).
_SWITCHES = {Channel.MAIL: "email", Channel.LIVE: "push"}


def read_settings(
    connection: Connection, user_ids: Collection[str], *, hold: bool = False
) -> dict[str, Settings]:
    """The settings of each of some people, by their ids; nobody for an id of nobody.

    With `hold` they stay as they are until COMMIT: who changes theirs meanwhile finds what is written by them.
    """
    statement = _HOLD_AND_READ if hold else _OF_PEOPLE
    found = cast(
        Sequence[sql.Row],
        execute(connection, statement, {"user_ids": list(user_ids)}).mappings().all(),
    )
    return {row["user_id"]: settings_of(row) for row in found}


def settings_of(row: sql.Row) -> Settings:
    """The settings in a row with `SETTINGS_COLUMNS` and ``time_zone``; the defaults where it has none."""
    if row["email"] is None:
        return Settings(time_zone=row["time_zone"])
    return Settings(**{name: row[name] for name in Settings.__dataclass_fields__})


def wants(kind: NotificationKind, channel: Channel, settings: Settings) -> bool:
    """Whether a person wants notifications of a kind by a channel: there are none without a line in the inbox."""
    if not is_chosen(settings.matrix, kind, Channel.INBOX):
        return False
    switch = _SWITCHES.get(channel)
    return (switch is None or getattr(settings, switch)) and is_chosen(
        settings.matrix, kind, channel
    )


def is_quiet(settings: Settings, at: datetime) -> bool:
    """Whether an instant lies in a person's quiet hours, by the clock where they are."""
    shown = at.astimezone(find_zone(settings.time_zone or "")).time()
    return is_quiet_at(shown, settings.quiet_from, settings.quiet_until)


def is_shown_live(kind: NotificationKind, settings: Settings, at: datetime) -> bool:
    """Whether a person's open pages are to show what comes to their inbox at an instant."""
    return wants(kind, Channel.LIVE, settings) and not is_quiet(settings, at)
