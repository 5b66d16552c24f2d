"""Use cases of the inbox: list, count, mark as read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge import clock
from taskforge.errors import NotFound
from taskforge.messaging import unread_counter
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared

PAGE = 50
_LINES = (
    "SELECT n.notification_id, n.event_id, n.kind, n.payload, n.created_at, n.read_at,"
    " l.actor_id, u.display_name AS actor_name FROM notifications n"
    " LEFT JOIN audit_logs l USING (event_id) LEFT JOIN users u ON u.user_id = l.actor_id"
    " WHERE n.user_id = :user_id"
)


def list_notifications(
    actor: Actor, *, after_id: str | None = None, limit: int = PAGE, unread_only: bool = False
) -> Sequence[sql.Row]:
    """The actor's notifications (or the unread ones), latest first, older than `after_id`; at most `limit` (50)."""
    return sql.rows(
        text(
            f"{_LINES} AND (CAST(:after_id AS uuid) IS NULL OR n.notification_id < CAST(:after_id AS uuid))"
            " AND (NOT :unread_only OR n.read_at IS NULL)"
            " ORDER BY n.notification_id DESC LIMIT :limit"
        ),
        {
            "user_id": actor.user_id,
            "after_id": after_id,
            "limit": min(limit, PAGE),
            "unread_only": unread_only,
        },
    )


def get_notification(actor: Actor, notification_id: str) -> sql.Row:
    """One of the actor's notifications.

    Raises:
        NotFound: they have no such notification.
    """
    found = sql.row(
        text(f"{_LINES} AND n.notification_id = :notification_id"),
        {"user_id": actor.user_id, "notification_id": notification_id},
    )
    if found is None:
        raise NotFound()
    return found


def count_unread(user_id: str, *, cached: bool = True) -> int:
    """The number of unread notifications, from the cache if it is there."""
    known = unread_counter.get_unread(user_id) if cached else None
    if known is not None:
        return known
    counted = int(
        sql.scalar(
            prepared(
                "SELECT count(*) FROM notifications WHERE user_id = :user_id AND read_at IS NULL"
            ),
            {"user_id": user_id},
        )
    )
    if cached:
        unread_counter.set_unread(user_id, counted)
    return counted


def mark_read(actor: Actor, *, notification_ids: Sequence[str] | None = None) -> int:
    """Mark some (at most 200) or all of the actor's notifications as read; answers how many were unread.

    Whether somebody has read a line is their own affair: it is no audited change.
    """
    marked = sql.execute_now(
        text(
            "UPDATE notifications SET read_at = :at WHERE user_id = :user_id AND read_at IS NULL"
            " AND (CAST(:ids AS uuid[]) IS NULL OR notification_id = ANY(CAST(:ids AS uuid[])))"
        ),
        {
            "at": clock.now(),
            "user_id": actor.user_id,
            "ids": list(notification_ids[:200]) if notification_ids is not None else None,
        },
    )
    unread_counter.set_unread(actor.user_id, count_unread(actor.user_id, cached=False))
    return marked
