"""The use cases of the inbox: mark notifications as read, and tell open pages how many are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text

from taskforge import clock
from taskforge.live.hints import encode_inbox
from taskforge.messaging import unread_counter
from taskforge.notifications.queries import count_unread_of
from taskforge.stores import sql
from taskforge.stores.actor import Actor

MAX_MARKED = 200

_MARK_READ = text("""
    UPDATE notifications
    SET    read_at = :at
    WHERE  user_id = :user_id AND read_at IS NULL
           AND (CAST(:ids AS uuid[]) IS NULL OR notification_id = ANY(CAST(:ids AS uuid[])))
""")
_MARK_TASK_READ = text("""
    UPDATE notifications
    SET    read_at = :at
    WHERE  user_id = :user_id AND read_at IS NULL AND payload ->> 'task_id' = :task_id
""")
_MARK_UNREAD_AGAIN = text("""
    UPDATE notifications
    SET    read_at = NULL
    WHERE  user_id = :user_id AND read_at = :at AND archived_at IS NULL AND snoozed_until IS NULL
""")


def mark_read(actor: Actor, *, notification_ids: Sequence[str] | None = None) -> int:
    """Mark some (at most 200) or all of the actor's notifications as read; answers how many were unread.

    It is not audited: nobody else sees whether a person has read a notification.
    """
    ids = list(notification_ids[:MAX_MARKED]) if notification_ids is not None else None
    marked = sql.execute_now(_MARK_READ, {"at": clock.now(), "user_id": actor.user_id, "ids": ids})
    publish_unread({actor.user_id: ()})
    return marked


def mark_all_read(actor: Actor) -> datetime:
    """Mark all of the actor's notifications as read; answers the instant by which it is taken back."""
    at = clock.now()
    sql.execute_now(_MARK_READ, {"at": at, "user_id": actor.user_id, "ids": None})
    publish_unread({actor.user_id: ()})
    return at


def mark_unread_again(actor: Actor, at: datetime) -> None:
    """Take back that all was marked as read at an instant."""
    sql.execute_now(_MARK_UNREAD_AGAIN, {"user_id": actor.user_id, "at": at})
    publish_unread({actor.user_id: ()})


def mark_task_read(actor: Actor, task_id: str) -> int:
    """Mark what the actor's notifications say of a task as read, because they have it before them; answers how many."""
    parameters = {"at": clock.now(), "user_id": actor.user_id, "task_id": task_id}
    marked = sql.execute_now(_MARK_TASK_READ, parameters)
    if marked:
        publish_unread({actor.user_id: ()})
    return marked


def publish_unread(new_ids: Mapping[str, Sequence[str]]) -> None:
    """Count the unread notifications of some people, and tell their open pages.

    `new_ids` has each of these people, with the ids of what has just come to them. One statement and one round trip
    to Redis, however many people there are.
    """
    unread = count_unread_of(list(new_ids))
    unread_counter.publish(
        [
            unread_counter.Inbox(user_id, count, encode_inbox(count, new_ids[user_id]))
            for user_id, count in unread.items()
        ]
    )
