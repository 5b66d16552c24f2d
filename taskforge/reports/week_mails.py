"""The mail of a team's week: who wants it, and once a week, on their Monday morning, the intent of one mail.

Nobody gets it who has not chosen it for that team. The choice is private, as watching is, and so is not audited. What
the mail says is computed under its reader's own rights, as the page is; whether they still may have it is asked again
when it is sent (`is_still_wanted`). A week in which nothing happened sends nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text

from taskforge import clock, faults
from taskforge.accounts.queries import (
    IS_ACTIVE,
    IS_NOT_DELETED,
    PEOPLE,
    SETTINGS_COLUMNS,
    join_person,
    left_join_settings,
)
from taskforge.errors import NotFound
from taskforge.extensions import config_of
from taskforge.mail.kinds import MailKind
from taskforge.mail.service import Intent, insert_intent, is_available
from taskforge.messaging import queues
from taskforge.notifications.bundles.schedule import Frequency, Schedule, due_at
from taskforge.notifications.bundles.unsubscribe_tokens import make_token, week_scope
from taskforge.notifications.settings import settings_of
from taskforge.reports.days import DAY, first_day_of
from taskforge.reports.week import TeamWeek, read_week
from taskforge.reports.week_sentences import foretell, name_week, sum_up
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.access import access_team
from taskforge.text.zones import find_zone

log = structlog.get_logger()
TURN_SECONDS = 5.0
MONDAY = 1  # as `Schedule` counts
LATE_AFTER = timedelta(days=1)  # a mail that no relay has planned by then does not come at all
RETRY_AFTER = timedelta(minutes=10)

_OF_PERSON = f"""
    SELECT u.user_id, u.email AS address, u.display_name, u.time_zone, u.week_start, {SETTINGS_COLUMNS}"""
_PERSON = text(f"""
    {_OF_PERSON}
    FROM   {PEOPLE}
           {left_join_settings("u.user_id")}
    WHERE  u.user_id = :user_id
""")
# Who has this address and wants the week of the team.
_READER = text(f"""
    {_OF_PERSON}
    FROM   week_mails w
           {join_person("w.user_id")}
           {left_join_settings("w.user_id")}
    WHERE  u.email = :address AND w.team_id = :team_id
""")
_CHOOSE = text("""
    INSERT INTO week_mails (user_id, team_id, chosen_at, next_at)
    VALUES (:user_id, :team_id, :at, :next_at)
    ON CONFLICT DO NOTHING
""")
_END = text("DELETE FROM week_mails WHERE user_id = :user_id AND team_id = :team_id")
_IS_CHOSEN = text("""
    SELECT EXISTS (SELECT
                   FROM   week_mails
                   WHERE  user_id = :user_id AND team_id = :team_id)
""")
_HAS_DUE = text("SELECT EXISTS (SELECT FROM week_mails WHERE next_at <= :at)")
_DUE = text(f"""
    {_OF_PERSON}, w.team_id, w.next_at,
           {IS_ACTIVE} AND {IS_NOT_DELETED} AS is_active
    FROM   week_mails w
           {join_person("w.user_id")}
           {left_join_settings("w.user_id")}
    WHERE  w.next_at <= :at
    ORDER  BY w.next_at, w.user_id, w.team_id
    LIMIT  1
""")
# Only the relay that finds it as it was read writes the mail.
_GO_ON = text("""
    UPDATE week_mails
    SET    next_at = :next_at
    WHERE  user_id = :user_id AND team_id = :team_id AND next_at = :seen
""")


def is_chosen(actor: Actor, team_id: str) -> bool:
    """Whether the actor has the week of a team mailed to them."""
    return bool(sql.scalar(_IS_CHOSEN, {"user_id": actor.user_id, "team_id": team_id}))


def choose(actor: Actor, team_id: str, *, wanted: bool) -> bool:
    """Have the week of a team mailed to the actor from next Monday on, or no more; whether that changed anything.

    Raises:
        NotFound: it is wanted, and there is no such team, or the actor may not see it.
    """
    of_actor = {"user_id": actor.user_id, "team_id": team_id}
    if not wanted:
        return bool(sql.execute_now(_END, of_actor))
    access_team(actor.user_id, team_id)
    person, now = sql.row(_PERSON, {"user_id": actor.user_id}), clock.now()
    if person is None:
        raise NotFound()
    new = {"at": now, "next_at": due_at(_schedule(person), now)}
    return bool(sql.execute_now(_CHOOSE, {**of_actor, **new}))


def has_due() -> bool:
    """Whether somebody's Monday morning has come."""
    return bool(sql.scalar(_HAS_DUE, {"at": clock.now()}))


def plan_due() -> int:
    """Write the intents of mails that are due, for at most `TURN_SECONDS`; answers how many.

    One that can't be made now, of a team whose reports take too long, say, is tried again after `RETRY_AFTER`: it must
    not hold up those behind it.
    """
    deadline, planned = time.monotonic() + TURN_SECONDS, 0
    while time.monotonic() < deadline:
        row = sql.row(_DUE, {"at": clock.now()})
        if row is None:
            break
        try:
            planned += _plan(row)
        except Exception:
            log.exception("week_mail_postponed", user_id=row["user_id"], team_id=row["team_id"])
            sql.execute_now(_GO_ON, _going_on(row, clock.now() + RETRY_AFTER))
    if planned and config_of().smtp_url:
        queues.wake(queues.MAIL)
    return planned


def is_still_wanted(intent: Mapping[str, Any]) -> bool:
    """Whether a mail that was planned may still be sent: its reader wants it and sees the team."""
    team_id = intent["context"]["team_id"]
    person = sql.row(_READER, {"address": intent["to_address"], "team_id": team_id})
    if person is None or not settings_of(person).email:
        return False
    try:
        access_team(person["user_id"], team_id)
    except NotFound:
        return False
    return True


def _plan(row: sql.Row) -> int:
    """Go on to the next Monday, and write the mail of this one if there is one, in one transaction."""
    now, schedule = clock.now(), _schedule(row)
    # Where no Monday morning lies within the last day, it is too late, or they have moved to where it is still to come.
    next_at = due_at(schedule, now - LATE_AFTER)
    intent = None
    if next_at <= now:
        intent, next_at = _make_intent(row, schedule, now), due_at(schedule, now)
    with sql.transaction() as connection:
        moved = connection.execute(_GO_ON, _going_on(row, next_at))
        if not moved.rowcount or intent is None:
            return 0
        insert_intent(connection, intent)
        faults.point("week.planned")
    return 1


def _going_on(row: sql.Row, next_at: datetime) -> dict[str, object]:
    of_row = {"user_id": row["user_id"], "team_id": row["team_id"], "seen": row["next_at"]}
    return {**of_row, "next_at": next_at}


def _make_intent(row: sql.Row, schedule: Schedule, now: datetime) -> Intent | None:
    """The mail of the last whole week; None if nothing happened in it, or its reader may or will not have it."""
    if not is_available() or not row["is_active"] or not settings_of(row).email:
        return None
    week_start = clock.WEEK_STARTS[row["week_start"]]
    with clock.read_in(schedule.zone, week_start=week_start):
        today = now.astimezone(schedule.zone).date()
        last_day = first_day_of(today, "week", week_start) - DAY
        try:
            found = read_week(Actor(user_id=row["user_id"]), row["team_id"], last_day)
        except NotFound:
            return None
        if not any(found.lists[name]["count"] for name in ("finished", "started", "arrived")):
            return None
        context = _context(row, found)
    return Intent(MailKind.TEAM_WEEK, row["address"], context, at=now, expires_at=now + LATE_AFTER)


def _context(row: sql.Row, found: TeamWeek) -> dict[str, str | int]:
    token = make_token(row["user_id"], week_scope(row["team_id"]))
    return {
        "name": row["display_name"],
        "team_id": row["team_id"],
        "team": found.membership.team_name,
        "day": found.span.last.isoformat(),
        "week": name_week(found),
        "summary": sum_up(found),
        "forecast": foretell(found),
        **{name: listed["count"] for name, listed in found.lists.items()},
        "open": found.open_after,
        "end_path": f"/unsubscribe/{token}",
    }


def _schedule(row: sql.Row) -> Schedule:
    """Monday, at the hour at which the person wants their mail, and not in their quiet hours."""
    settings = settings_of(row)
    return Schedule(
        frequency=Frequency.WEEKLY,
        zone=find_zone(settings.time_zone or ""),
        digest_hour=settings.digest_hour,
        digest_weekday=MONDAY,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
    )
