"""The use case of the inbox: mark notifications as read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge import clock
from taskforge.messaging import unread_counter
from taskforge.notifications.queries import count_unread
from taskforge.stores import sql
from taskforge.stores.actor import Actor

MAX_MARKED = 200

_MARK_READ = text("""
    UPDATE notifications
    SET    read_at = :at
    WHERE  user_id = :user_id AND read_at IS NULL
           AND (CAST(:ids AS uuid[]) IS NULL OR notification_id = ANY(CAST(:ids AS uuid[])))
""")


def mark_read(actor: Actor, *, notification_ids: Sequence[str] | None = None) -> int:
    """Mark some (at most 200) or all of the actor's notifications as read; answers how many were unread.

    It is not audited: nobody else sees whether a person has read a notification.
    """
    ids = list(notification_ids[:MAX_MARKED]) if notification_ids is not None else None
    marked = sql.execute_now(_MARK_READ, {"at": clock.now(), "user_id": actor.user_id, "ids": ids})
    unread_counter.set_unread(actor.user_id, count_unread(actor.user_id, cached=False))
    return marked
