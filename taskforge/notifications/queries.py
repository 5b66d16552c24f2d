"""Reads of the inbox, and SQL of notifications for the edges above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import TextClause, text

from taskforge.accounts.queries import left_join_person
from taskforge.errors import NotFound
from taskforge.messaging import unread_counter
from taskforge.notifications.states import FIRST_PLACE, InboxState, is_in, place_of
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared

PAGE = 50
MAX_COUNTED = 100  # a page shows no larger number of unread notifications

NOTIFICATIONS = "notifications n"  # an item of a FROM clause
# A column ``unread``: how many unread notifications the user ``u`` has, for a query that is joined to them.
UNREAD_OF_USER = f"""
           (SELECT count(*)
            FROM   (SELECT
                    FROM   notifications n
                    WHERE  n.user_id = u.user_id AND n.read_at IS NULL
                    LIMIT  {MAX_COUNTED}) unread_ones) AS unread
"""
# A column ``is_news``: whether an unread notification of the user ``u`` is about the task ``k``.
IS_NEWS = """
           EXISTS (SELECT
                   FROM   notifications n
                   WHERE  n.user_id = u.user_id AND n.read_at IS NULL
                          AND n.payload ->> 'task_id' = CAST(k.task_id AS text)) AS is_news
"""
_LINES = f"""
    SELECT n.notification_id, n.event_id, n.kind, n.payload, n.created_at, n.read_at, n.snoozed_until, n.archived_at,
           {place_of()} AS place,
           l.actor_id, u.display_name AS actor_name, u.picture AS actor_picture, person.display_name AS person_name
    FROM   notifications n
           LEFT JOIN audit_logs l USING (event_id)
           {left_join_person("l.actor_id")}
           {left_join_person("CAST(n.payload ->> 'person_id' AS uuid)", "person")}
    WHERE  n.user_id = :user_id
"""
_FROM = text("""
    SELECT notification_id, kind, payload, created_at, read_at, snoozed_until, archived_at
    FROM   notifications
    WHERE  user_id = :user_id
           AND (CAST(:after_id AS uuid) IS NULL OR notification_id > CAST(:after_id AS uuid))
    ORDER  BY notification_id
    LIMIT  :limit
""")
_ONE = text(f"{_LINES} AND n.notification_id = :notification_id")
_SOME = text(f"""
    {_LINES} AND n.notification_id = ANY(CAST(:ids AS uuid[])) AND n.read_at IS NULL
    ORDER  BY n.notification_id DESC
""")
_COUNT_UNREAD = prepared("""
    SELECT count(*)
    FROM   notifications
    WHERE  user_id = :user_id AND read_at IS NULL
""")
_COUNT_UNREAD_OF = prepared("""
    SELECT person.user_id,
           (SELECT count(*)
            FROM   notifications n
            WHERE  n.user_id = person.user_id AND n.read_at IS NULL) AS unread
    FROM   unnest(CAST(:user_ids AS uuid[])) AS person (user_id)
""")


def list_notifications(
    actor: Actor,
    *,
    state: InboxState = InboxState.INBOX,
    before: str | None = None,
    limit: int = PAGE,
) -> Sequence[sql.Row]:
    """The actor's notifications in a state, latest first, behind the ``place`` `before`; at most `limit` (50)."""
    return sql.rows(
        _list_statement(state),
        {
            "user_id": actor.user_id,
            "before": before or FIRST_PLACE,
            "limit": min(limit, PAGE),
        },
    )


def list_notifications_from(actor: Actor, *, after_id: str | None, limit: int) -> Sequence[sql.Row]:
    """All of the actor's notifications in the order of their ids, behind one, without names."""
    parameters = {"user_id": actor.user_id, "after_id": after_id, "limit": limit}
    return sql.rows(_FROM, parameters)


def get_notification(actor: Actor, notification_id: str) -> sql.Row:
    """One of the actor's notifications.

    Raises:
        NotFound: they have no such notification.
    """
    found = sql.row(_ONE, {"user_id": actor.user_id, "notification_id": notification_id})
    if found is None:
        raise NotFound()
    return found


def list_unread_of(actor: Actor, notification_ids: Sequence[str]) -> Sequence[sql.Row]:
    """Those of some notifications that are the actor's and unread, latest first."""
    return sql.rows(_SOME, {"user_id": actor.user_id, "ids": list(notification_ids)})


def count_unread(user_id: str, *, cached: bool = True) -> int:
    """The number of unread notifications, from the cache if it is there."""
    known = unread_counter.get_unread(user_id) if cached else None
    if known is not None:
        return known
    counted = int(sql.scalar(_COUNT_UNREAD, {"user_id": user_id}))
    if cached:
        unread_counter.set_unread(user_id, counted)
    return counted


def count_unread_of(user_ids: Sequence[str]) -> Mapping[str, int]:
    """The number of unread notifications of each of some people, never from the cache."""
    found = sql.rows(_COUNT_UNREAD_OF, {"user_ids": list(user_ids)})
    return {row["user_id"]: row["unread"] for row in found}


@cache
def _list_statement(state: InboxState) -> TextClause:
    return text(f"""
        {_LINES}
               AND {is_in(state)} AND {place_of()} < CAST(:before AS uuid)
        ORDER  BY {place_of()} DESC
        LIMIT  :limit
    """)
