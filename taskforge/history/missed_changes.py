"""The changes of a board since a sequence number, as live streams send them again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.comments.queries import left_join_comment
from taskforge.stores import sql

# A comment's change shows on the card of its task, whose id is needed beside the comment's.
_CHANGES = text(f"""
    SELECT l.board_seq AS seq,
           l.event,
           l.entity_id AS id,
           l.entity_version AS version,
           l.actor_id AS actor,
           c.task_id AS task
    FROM audit_logs l
    {left_join_comment("l.entity_type = 'comment' AND c.comment_id = l.entity_id")}
    WHERE l.board_id = :board_id AND l.board_seq > :after
    ORDER BY l.board_seq
    LIMIT :limit
""")


def list_changes_after(board_id: str, after: int, *, limit: int) -> Sequence[sql.Row]:
    """At most `limit` changes of a board after sequence number `after`, oldest first.

    Each has ``seq``, ``event``, ``id`` and ``version`` of the entity, ``actor``, and for a comment its ``task``.

    Raises:
        Unavailable: PostgreSQL can't be asked.
    """
    return sql.rows(_CHANGES, {"board_id": board_id, "after": after, "limit": limit})
