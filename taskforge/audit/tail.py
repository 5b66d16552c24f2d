"""Following the audit log: for read models that are fed with what has changed since they looked last.

Ids of events are given before their transactions commit, so a reader that remembers the last id misses what commits
late. The links of the chain are numbered in the order of commits, without a gap: a reader that remembers the number of
a link misses nothing, however late it comes and whichever process was killed. What is not sealed yet is told besides,
so that nobody waits for the seal; it comes again when it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.audit.chain import IS_UNSEALED_ABOVE_FLOOR
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared

# Of what committed late, so much before the newest seal is told before it is sealed itself.
_BEFORE_SEALED = 200
_EVENTS = prepared(f"""
    WITH floor AS (SELECT coalesce(max(log_id), 0) - {_BEFORE_SEALED} AS id FROM audit_chain)
    SELECT c.seq, l.entity_type, l.entity_id
    FROM   (SELECT seq, log_id
            FROM   audit_chain
            WHERE  seq > CAST(:after AS bigint)
            ORDER  BY seq
            LIMIT  CAST(:limit AS bigint)) c
           JOIN audit_logs l ON l.log_id = c.log_id
    UNION  ALL
    (SELECT NULL, l.entity_type, l.entity_id
     FROM   audit_logs l
     WHERE  {IS_UNSEALED_ABOVE_FLOOR}
     ORDER  BY l.log_id DESC
     LIMIT  CAST(:limit AS bigint))
""")
_LAST_SEQ = text("SELECT coalesce(max(seq), 0) FROM audit_chain")
# Whether something is told of an entity that a reader at link `:after` has not been given yet.
_IS_AHEAD = text("""
    SELECT l.entity_id
    FROM   audit_logs l
           LEFT JOIN audit_chain c ON c.log_id = l.log_id
    WHERE  l.entity_id = ANY(CAST(:ids AS uuid[])) AND (c.seq IS NULL OR c.seq > :after)
""")


def list_events(after: int, *, limit: int) -> Sequence[sql.Row]:
    """What the links after number `after` are about (``seq``, ``entity_type``, ``entity_id``), oldest first.

    At most `limit` of them, and as many that are not sealed yet, whose ``seq`` is None.
    """
    return sql.rows(_EVENTS, {"after": after, "limit": limit})


def last_seq() -> int:
    """The number of the newest link; 0 before the first."""
    return int(sql.scalar(_LAST_SEQ))


def list_ahead(entity_ids: Sequence[str], after: int) -> set[str]:
    """Those of some entities of which there are events after link `after`."""
    found = sql.rows(_IS_AHEAD, {"ids": list(entity_ids), "after": after})
    return {row["entity_id"] for row in found}
