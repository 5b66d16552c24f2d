"""The job of the notifications queue: deliver the notification intents of committed changes to inboxes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from taskforge import clock, faults
from taskforge.accounts.queries import IS_ACTIVE, join_person
from taskforge.boards.queries import BOARDS, left_join_column, sees_board
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.notifications.service import publish_unread
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.teams.queries import MEMBERSHIPS, join_team

BATCH = 200

# A line keeps the names that its column and its team have when it is delivered, to a member: they may leave the team.
_UNDELIVERED = prepared(f"""
    SELECT i.event_id, i.user_id, i.kind, i.created_at,
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
# What comes for a suspended person is dropped, and so is its intent: it is not delivered later either (I9).
_INSERT = prepared(f"""
    WITH lines AS (
        SELECT n.*, {IS_ACTIVE} AS is_wanted
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
    """Deliver all intents that are not delivered yet; answers how many. Needs no Redis.

    Each step is done once for a whole batch. A batch is marked as delivered after its notifications and counters are
    written: a job that dies in between is repeated, and the repetition inserts nothing, because an event and a user
    have at most one notification.
    """
    delivered, intents = 0, _pending()
    while intents:
        inserted = _insert(intents)
        faults.point("notification.inserted")
        publish_unread(inserted)
        _mark(intents)
        delivered += len(intents)
        intents = _pending() if len(intents) == BATCH else ()
    return delivered


def has_undelivered(before: datetime) -> bool:
    """Whether an intent from before an instant waits for delivery."""
    return bool(sql.scalar(_HAS_UNDELIVERED, {"before": before}))


def _pending() -> Sequence[sql.Row]:
    return sql.rows(_UNDELIVERED, {"batch": BATCH})


def _insert(intents: Sequence[sql.Row]) -> Mapping[str, Sequence[str]]:
    """Insert one notification for each event and user; those that exist, also from a job that runs now, are skipped.

    Answers for every user of the intents the ids of those that are new.
    """
    lines = [
        {**intent, "created_at": intent["created_at"].isoformat(), "notification_id": new_id()}
        for intent in intents
    ]
    new = {row["notification_id"] for row in sql.rows(_INSERT, {"lines": json.dumps(lines)})}
    inserted: dict[str, list[str]] = {line["user_id"]: [] for line in lines}
    for line in lines:
        if line["notification_id"] in new:
            inserted[line["user_id"]].append(line["notification_id"])
    return inserted


def _mark(intents: Sequence[sql.Row]) -> None:
    sql.execute_now(
        _MARK_DELIVERED,
        {
            "at": clock.now(),
            "event_ids": [intent["event_id"] for intent in intents],
            "user_ids": [intent["user_id"] for intent in intents],
        },
    )
