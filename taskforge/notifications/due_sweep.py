"""The sweep that tells people of cards that are due soon or overdue, by notification intents.

It walks the open cards whose moment is near by an index, a page a second, and begins again when it is through: what a
relay does in a second is bounded, however many cards are due. What was told stands in ``due_notices`` by card, moment,
person and kind, written in the statement that writes the intents; so several relays, and one that is killed, tell it
once. Told are the assignee, without one the creator, and who chose to watch the card; not who chose to hear of it no
more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from taskforge import clock
from taskforge.accounts.queries import IS_ACTIVE, SETTINGS_COLUMNS, join_person, left_join_settings
from taskforge.boards.queries import IS_LIVE, join_board, sees_board
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.notifications.due_rules import find_notice
from taskforge.notifications.settings import settings_of
from taskforge.notifications.watch_queries import TaskChoice, chosen_for_task
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.access import KEY
from taskforge.tasks.queries import IS_OPEN, TASKS, join_task
from taskforge.teams.queries import join_team
from taskforge.text import moments
from taskforge.text.zones import find_zone

PAGE = 250
ROUND_SECONDS = 10.0  # from the beginning of a walk to the next, if it is through before
# Wide enough for every zone, for a day and an hour in it, and for what is told late.
BEFORE, AFTER = timedelta(days=4), timedelta(days=1)

_PAGE = prepared(f"""
    SELECT k.task_id, k.due_at
    FROM   {TASKS}
    WHERE  {IS_OPEN} AND k.due_at <= CAST(:until AS timestamptz)
           AND (k.due_at, k.task_id) > (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid))
    ORDER  BY k.due_at, k.task_id
    LIMIT  CAST(:limit AS bigint)
""")
_CANDIDATES = prepared(f"""
    SELECT k.task_id, k.title, k.updated_at, k.due_at, k.due_has_time, {KEY},
           w.user_id, u.time_zone, {SETTINGS_COLUMNS},
           ARRAY(SELECT d.kind
                 FROM   due_notices d
                 WHERE  d.task_id = k.task_id AND d.user_id = w.user_id AND d.due_at = k.due_at) AS told
    FROM   {TASKS}
           {join_board("k.board_id")} AND {IS_LIVE} AND b.archived_at IS NULL
           {join_team("k.team_id")} AND t.archived_at IS NULL
           CROSS JOIN LATERAL (
               SELECT coalesce(k.assignee_id, k.created_by) AS user_id
               UNION
               SELECT tw.user_id
               FROM   task_watches tw
               WHERE  tw.task_id = k.task_id AND tw.choice = '{TaskChoice.WATCHING}') w
           {join_person("w.user_id")} AND {IS_ACTIVE}
           {left_join_settings("w.user_id")}
    WHERE  k.task_id = ANY(CAST(:ids AS uuid[])) AND {IS_OPEN} AND {sees_board("w.user_id")}
           AND {chosen_for_task("w.user_id")} IS DISTINCT FROM '{TaskChoice.IGNORED}'
""")
# Nobody is told of a moment that they have chosen themselves since it was to be told.
_TELL = prepared(f"""
    WITH due AS (
        SELECT *
        FROM   jsonb_to_recordset(CAST(:due AS jsonb)) AS d
               (task_id uuid, user_id uuid, kind text, due_at timestamptz, from_at timestamptz, event_id uuid,
                payload jsonb)
    ), told AS (
        INSERT INTO due_notices (task_id, user_id, kind, due_at, told_at)
        SELECT d.task_id, d.user_id, d.kind, d.due_at, CAST(:at AS timestamptz)
        FROM   due d
               {join_task("d.task_id")} AND k.due_at = d.due_at AND {IS_OPEN}
        ORDER  BY d.task_id, d.user_id, d.kind
        ON CONFLICT DO NOTHING
        RETURNING task_id, user_id, kind, due_at
    )
    INSERT INTO notification_intents (event_id, user_id, kind, payload, created_at)
    SELECT d.event_id, d.user_id, d.kind, d.payload, CAST(:at AS timestamptz)
    FROM   due d
           JOIN told USING (task_id, user_id, kind, due_at)
    WHERE  NOT coalesce((SELECT l.actor_id = d.user_id AND l.action_timestamp >= d.from_at
                         FROM   audit_logs l
                         WHERE  l.entity_id = d.task_id AND l.entity_type = 'task'
                                AND jsonb_exists(l.new_state, 'due_at')
                         ORDER  BY l.log_id DESC
                         LIMIT  1), false)
""")


class DueSweep:
    """Walks the cards that are due, a page at each call; called every second."""

    def __init__(self) -> None:
        self._place: tuple[datetime, str] | None = None
        self._begun_at = 0.0

    def __call__(self) -> int:
        """Look at the next page; answers how many people were told of something."""
        if self._place is None:
            if time.monotonic() - self._begun_at < ROUND_SECONDS:
                return 0
            self._begun_at = time.monotonic()
        told, self._place = tell_page(self._place)
        return told


def tell_page(place: tuple[datetime, str] | None) -> tuple[int, tuple[datetime, str] | None]:
    """Tell of the cards of the page behind a place (None: the first); how many were told, and the place of its end.

    The place is None when that was the last page.
    """
    now = clock.now()
    after_at, after_id = place or (now - BEFORE, "00000000-0000-0000-0000-000000000000")
    page = sql.rows(
        _PAGE,
        {"until": now + AFTER, "after_at": after_at, "after_id": after_id, "limit": PAGE},
    )
    told = _tell([row["task_id"] for row in page], now) if page else 0
    end = (page[-1]["due_at"], page[-1]["task_id"]) if len(page) == PAGE else None
    return told, end


def tell_all() -> int:
    """Tell of all cards that are due; for the doctor, where nobody waits."""
    told, place = tell_page(None)
    while place is not None:
        more, place = tell_page(place)
        told += more
    return told


def find_untold(now: datetime) -> Iterator[sql.Row]:
    """The people, with their cards, who should have been told of something by an instant, and were not.

    Without cards that were changed since: what was set to a moment of the past is told by the next walk.
    """
    place: tuple[datetime, str] = (now - BEFORE, "00000000-0000-0000-0000-000000000000")
    while True:
        parameters = {"after_at": place[0], "after_id": place[1], "limit": PAGE}
        page = sql.rows(_PAGE, {**parameters, "until": now + AFTER})
        if page:
            due = _due([row["task_id"] for row in page], now)
            yield from (one for one in due if one["updated_at"] < now)
        if len(page) < PAGE:
            return
        place = (page[-1]["due_at"], page[-1]["task_id"])


def _tell(task_ids: Sequence[str], now: datetime) -> int:
    due = list(_due(task_ids, now))
    if not due:
        return 0
    given = json.dumps(due, default=datetime.isoformat)
    told = sql.execute_now(_TELL, {"due": given, "at": now})
    if told:
        queues.wake(queues.NOTIFICATIONS)
    return told


def _due(task_ids: Sequence[str], now: datetime) -> Iterator[dict[str, Any]]:
    for row in sql.rows(_CANDIDATES, {"ids": list(task_ids)}):
        settings = settings_of(row)
        moment = moments.from_stored(row["due_at"], row["due_has_time"])
        zone = find_zone(settings.time_zone or "")
        notice = find_notice(moment, zone=zone, hour=settings.digest_hour, now=now)
        if notice is None or notice.kind in row["told"]:
            continue
        subject = {name: row[name] for name in ("task_id", "key", "title")}
        yield {
            "task_id": row["task_id"],
            "user_id": row["user_id"],
            "kind": notice.kind,
            "due_at": row["due_at"],
            "updated_at": row["updated_at"],
            "from_at": notice.from_at,
            "event_id": new_id(),
            "payload": {**subject, "due": moments.iso_text(moment)},
        }
