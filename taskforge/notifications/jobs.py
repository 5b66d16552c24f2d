"""The job of the notifications queue: deliver the notification intents of committed changes to inboxes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from taskforge import clock, faults
from taskforge.accounts.queries import IS_ACTIVE, join_person
from taskforge.boards.queries import BOARDS, left_join_column, sees_board
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.notification_kinds import Channel, find_kind
from taskforge.notifications.fan_out import expand_some, has_fan_out
from taskforge.notifications.hooks import Line, run_hooks
from taskforge.notifications.service import publish_unread
from taskforge.notifications.settings import Settings, is_shown_live, read_settings, wants
from taskforge.stores import sql
from taskforge.stores.direct_execution import execute
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import join_task
from taskforge.teams.queries import MEMBERSHIPS, join_team

BATCH = 200

# Whether its reader may see what the intent `i` is about, who may have lost the right since: a task by its board.
_IS_VISIBLE = f"""
           (i.payload ->> 'task_id' IS NULL
            OR EXISTS (SELECT
                       FROM   {BOARDS}
                              {join_task("CAST(i.payload ->> 'task_id' AS uuid)")} AND k.board_id = b.board_id
                       WHERE  {sees_board("i.user_id")}))
"""
# A line keeps the names that its column and its team have when it is delivered, to a member: they may leave the team.
_UNDELIVERED = prepared(f"""
    SELECT i.event_id, i.user_id, i.kind, i.created_at, {_IS_VISIBLE} AS is_visible,
           jsonb_strip_nulls(jsonb_build_object('column', c.name, 'team_name', t.name)) || i.payload AS payload
    FROM   notification_intents i
           {left_join_column("CAST(i.payload ->> 'column_id' AS uuid)")}
                AND EXISTS (SELECT
                            FROM   {BOARDS}
                            WHERE  b.board_id = c.board_id AND {sees_board("i.user_id")})
           LEFT {join_team("CAST(i.payload ->> 'team_id' AS uuid)")}
                AND EXISTS (SELECT
                            FROM   {MEMBERSHIPS}
                            WHERE  m.team_id = t.team_id AND m.user_id = i.user_id)
    WHERE  i.delivered_at IS NULL
    ORDER  BY i.created_at, i.event_id, i.user_id
    LIMIT  CAST(:batch AS bigint)
""")
_HAS_UNDELIVERED = prepared("""
    SELECT EXISTS (SELECT
                   FROM   notification_intents
                   WHERE  delivered_at IS NULL AND created_at < CAST(:before AS timestamptz))
""")
# What comes for a suspended person, or may not be seen, or is unwanted, is dropped, and so is its intent: it is not
# delivered later (I9).
_INSERT = prepared(f"""
    WITH lines AS (
        SELECT n.*, {IS_ACTIVE} AND n.notification_id <> ALL(CAST(:unwanted AS uuid[])) AS is_wanted
        FROM   jsonb_populate_recordset(CAST(NULL AS notifications), CAST(:lines AS jsonb)) n
               {join_person("n.user_id")}
    ), dropped AS (
        DELETE FROM notification_intents i
        USING  lines
        WHERE  NOT lines.is_wanted AND i.event_id = lines.event_id AND i.user_id = lines.user_id
    )
    INSERT INTO notifications (notification_id, event_id, user_id, kind, payload, created_at)
    SELECT notification_id, event_id, user_id, kind, payload, created_at
    FROM   lines
    WHERE  is_wanted
    ON CONFLICT (event_id, user_id) DO NOTHING
    RETURNING notification_id
""")
_MARK_DELIVERED = prepared("""
    UPDATE notification_intents i
    SET    delivered_at = CAST(:at AS timestamptz)
    FROM   unnest(CAST(:event_ids AS uuid[]), CAST(:user_ids AS uuid[])) AS done (event_id, user_id)
    WHERE  i.event_id = done.event_id AND i.user_id = done.user_id AND i.delivered_at IS NULL
""")


def deliver_pending() -> int:
    """The job: deliver all intents that are not delivered yet; answers how many."""
    faults.point("job.started")
    return queues.process_queue(queues.NOTIFICATIONS, deliver)


def deliver() -> int:
    """Deliver all that is not delivered yet, of events with many readers too; answers how many. Needs no Redis.

    Each step is done once for a whole batch. A batch is marked as delivered after its notifications and counters are
    written: a job that dies in between is repeated, and the repetition inserts nothing, because an event and a user
    have at most one notification.
    """
    delivered, is_more = 0, True
    while is_more:
        is_more = expand_some(BATCH)
        faults.point("notification.expanded")
        delivered += _deliver_intents()
    return delivered


def _deliver_intents() -> int:
    delivered, intents = 0, _pending()
    while intents:
        lines = _insert(intents)
        faults.point("notification.inserted")
        publish_unread(_news_of(intents, lines))
        _mark(intents)
        delivered += len(intents)
        intents = _pending() if len(intents) == BATCH else ()
    return delivered


def has_undelivered(before: datetime) -> bool:
    """Whether an event or an intent from before an instant waits for delivery."""
    return bool(sql.scalar(_HAS_UNDELIVERED, {"before": before})) or has_fan_out(before)


def _pending() -> Sequence[sql.Row]:
    return sql.rows(_UNDELIVERED, {"batch": BATCH})


def _insert(intents: Sequence[sql.Row]) -> list[Line]:
    """Insert one notification for each event and user, with what the other channels are to do about it.

    Those that exist, also from a job that runs now, are skipped. Answers those that are new, without those of a kind
    that only a later release knows.
    """
    lines = [{**intent, "notification_id": new_id()} for intent in intents]
    with sql.transaction() as connection:
        settings = read_settings(connection, {line["user_id"] for line in lines}, hold=True)
        parameters = {
            "lines": json.dumps(lines, default=datetime.isoformat),
            "unwanted": [line["notification_id"] for line in lines if _is_unwanted(line, settings)],
        }
        new = set(execute(connection, _INSERT, parameters).scalars())
        inserted = [
            Line(
                notification_id=line["notification_id"],
                event_id=line["event_id"],
                user_id=line["user_id"],
                kind=kind,
                payload=line["payload"],
                created_at=line["created_at"],
                settings=settings[line["user_id"]],
            )
            for line in lines
            if line["notification_id"] in new and (kind := find_kind(line["kind"])) is not None
        ]
        run_hooks(connection, inserted)
    return inserted


def _is_unwanted(line: Mapping[str, Any], settings: Mapping[str, Settings]) -> bool:
    if not line["is_visible"]:
        return True
    kind, of_reader = find_kind(line["kind"]), settings.get(line["user_id"])
    return kind is not None and of_reader is not None and not wants(kind, Channel.INBOX, of_reader)


def _news_of(intents: Sequence[sql.Row], lines: Sequence[Line]) -> dict[str, list[str]]:
    """The ids of new lines that open pages are to show, for everybody whose unread number may have changed."""
    news: dict[str, list[str]] = {intent["user_id"]: [] for intent in intents}
    now = clock.now()
    for line in lines:
        if is_shown_live(line.kind, line.settings, now):
            news[line.user_id].append(line.notification_id)
    return news


def _mark(intents: Sequence[sql.Row]) -> None:
    sql.execute_now(
        _MARK_DELIVERED,
        {
            "at": clock.now(),
            "event_ids": [intent["event_id"] for intent in intents],
            "user_ids": [intent["user_id"] for intent in intents],
        },
    )
