"""Reminders: somebody wants to hear of a card at an instant that they choose.

They are their person's alone, so they are no audited events. At its instant a reminder becomes a notification intent
with its own id as the event's, in the statement that marks it: once, whatever happens to the relay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.queries import IS_ACTIVE, join_person
from taskforge.boards.queries import IS_LIVE, join_board, sees_board
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.access import KEY, access_task
from taskforge.tasks.queries import IS_OPEN, join_task
from taskforge.teams.queries import join_team

MAX_OPEN = 20  # of one person for one card
MAX_AHEAD = timedelta(days=5 * 366)
BATCH = 500

_ADD = text("""
    INSERT INTO task_reminders (reminder_id, task_id, user_id, remind_at, created_at)
    SELECT :reminder_id, :task_id, :user_id, :remind_at, :at
    WHERE  (SELECT count(*)
            FROM   task_reminders
            WHERE  task_id = :task_id AND user_id = :user_id AND told_at IS NULL) < :most
    ON CONFLICT (task_id, user_id, remind_at) DO UPDATE
    SET    remind_at = excluded.remind_at
""")
_OPEN = text("""
    SELECT reminder_id, task_id, remind_at, created_at
    FROM   task_reminders
    WHERE  task_id = :task_id AND user_id = :user_id AND told_at IS NULL
    ORDER  BY remind_at
    LIMIT  :limit
""")
_FIND = text("""
    SELECT task_id
    FROM   task_reminders
    WHERE  reminder_id = :reminder_id AND user_id = :user_id AND told_at IS NULL
""")
_REMOVE = text("""
    DELETE FROM task_reminders
    WHERE  reminder_id = :reminder_id AND user_id = :user_id AND told_at IS NULL
""")
_TELL = prepared(f"""
    WITH due AS (
        SELECT r.*
        FROM   task_reminders r
        WHERE  r.told_at IS NULL AND r.remind_at <= CAST(:at AS timestamptz)
        ORDER  BY r.remind_at, r.reminder_id
        LIMIT  CAST(:batch AS bigint)
        FOR    UPDATE SKIP LOCKED
    ), told AS (
        UPDATE task_reminders r
        SET    told_at = CAST(:at AS timestamptz)
        FROM   due
        WHERE  r.reminder_id = due.reminder_id
    )
    INSERT INTO notification_intents (event_id, user_id, kind, payload, created_at)
    SELECT due.reminder_id, due.user_id, '{NotificationKind.REMINDER}',
           jsonb_build_object('task_id', k.task_id, 'key', shown.key, 'title', k.title), CAST(:at AS timestamptz)
    FROM   due
           {join_task("due.task_id")} AND {IS_OPEN}
           {join_board("k.board_id")} AND {IS_LIVE} AND b.archived_at IS NULL
           {join_team("k.team_id")} AND t.archived_at IS NULL
           {join_person("due.user_id")} AND {IS_ACTIVE}
           CROSS JOIN LATERAL (SELECT {KEY}) shown
    WHERE  {sees_board("due.user_id")}
    ORDER  BY due.reminder_id
    ON CONFLICT (event_id, user_id) DO NOTHING
""")
_LATE = text("""
    SELECT reminder_id, user_id
    FROM   task_reminders
    WHERE  told_at IS NULL AND remind_at < :before
    ORDER  BY remind_at
    LIMIT  :limit
""")


def add_reminder(actor: Actor, task_id: str, *, at: datetime) -> sql.Row:
    """Have the actor reminded of a task; the same instant twice is one reminder. Answers it.

    Raises:
        NotFound: no such task, in the trash, or not visible.
        InvalidInput: the instant has passed, or is more than five years ahead.
        Conflict: they have too many reminders of this task.
    """
    access_task(actor.user_id, task_id)
    now = clock.now()
    if not now < at <= now + MAX_AHEAD:
        raise InvalidInput.about("at", "must lie ahead, by five years at most")
    of_task = {"task_id": task_id, "user_id": actor.user_id}
    new = {"reminder_id": new_id(), "remind_at": at, "at": now, "most": MAX_OPEN}
    if not sql.execute_now(_ADD, {**of_task, **new}):
        raise Conflict(f"A card can have at most {MAX_OPEN} reminders of yours.")
    return next(one for one in list_reminders(actor, task_id) if one["remind_at"] == at)


def list_reminders(actor: Actor, task_id: str) -> Sequence[sql.Row]:
    """The actor's reminders of a task that are still to come, the next one first.

    Raises:
        NotFound: no such task, or not visible.
    """
    access_task(actor.user_id, task_id, deleted=True)
    parameters = {"task_id": task_id, "user_id": actor.user_id, "limit": MAX_OPEN}
    return sql.rows(_OPEN, parameters)


def remove_reminder(actor: Actor, reminder_id: str) -> str:
    """Remove one of the actor's reminders; answers the id of its task, which they need not see any more.

    Raises:
        NotFound: they have no such reminder.
    """
    of_actor = {"reminder_id": reminder_id, "user_id": actor.user_id}
    task_id = sql.scalar(_FIND, of_actor)
    if task_id is None:
        raise NotFound()
    sql.execute_now(_REMOVE, of_actor)
    return str(task_id)


def tell_due() -> int:
    """Tell of reminders whose instant has come, at most `BATCH`; answers how many. None of a card that is done."""
    told = sql.execute_now(_TELL, {"at": clock.now(), "batch": BATCH})
    if told:
        queues.wake(queues.NOTIFICATIONS)
    return told


def list_late(before: datetime, *, limit: int) -> Sequence[sql.Row]:
    """Reminders whose instant lies before one, and that were not told."""
    return sql.rows(_LATE, {"before": before, "limit": limit})
