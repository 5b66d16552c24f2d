"""What a person has chosen to hear of, and their reminders, for the export of their data."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.actor import Actor

_CHOICES = text("""
    SELECT w.about, w.id, w.choice, w.chosen_at
    FROM   (SELECT 'task' AS about, task_id AS id, choice, chosen_at
            FROM   task_watches
            WHERE  user_id = :user_id
            UNION  ALL
            SELECT 'board', board_id, choice, chosen_at
            FROM   board_watches
            WHERE  user_id = :user_id) w
    WHERE  CAST(:after AS uuid) IS NULL OR w.id > CAST(:after AS uuid)
    ORDER  BY w.id
    LIMIT  :limit
""")
_REMINDERS = text("""
    SELECT reminder_id, task_id, remind_at, created_at, told_at
    FROM   task_reminders
    WHERE  user_id = :user_id AND (CAST(:after AS uuid) IS NULL OR reminder_id > CAST(:after AS uuid))
    ORDER  BY reminder_id
    LIMIT  :limit
""")


def list_choices_from(actor: Actor, *, after_id: str | None, limit: int) -> Sequence[sql.Row]:
    """What the actor chose for tasks and boards (``about``), in the order of their ids, behind one."""
    return sql.rows(_CHOICES, {"user_id": actor.user_id, "after": after_id, "limit": limit})


def list_reminders_from(actor: Actor, *, after_id: str | None, limit: int) -> Sequence[sql.Row]:
    """All of the actor's reminders in the order of their ids, behind one."""
    return sql.rows(_REMINDERS, {"user_id": actor.user_id, "after": after_id, "limit": limit})
