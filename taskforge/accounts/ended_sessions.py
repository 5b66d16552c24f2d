"""Forgets in Redis the sessions that PostgreSQL says are over, where a crash or an outage came between the two.

They authenticate nobody all the same; but Redis would remember them until they expire there.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import session_records
from taskforge.stores import sql
from taskforge.stores.actor import NOBODY

LOOKED_BACK = timedelta(hours=1)  # by a process that has just been started
# A transaction that revokes has an instant from before its COMMIT.
OVERLAP = timedelta(seconds=30)
BATCH = 500
_ENDED = text("""
    SELECT user_id, encode(sid_hash, 'hex') AS sid_hash, revoked_at, session_id
    FROM   user_sessions
    WHERE  (revoked_at, session_id) > (:since, CAST(:after AS uuid))
    ORDER  BY revoked_at, session_id
    LIMIT  :limit
""")


class EndedSessions:
    """Knows behind which session everything that has ended is forgotten; while Redis is away it goes on from there."""

    def __init__(self) -> None:
        self._since, self._after = clock.now() - LOOKED_BACK, NOBODY

    def __call__(self) -> int:
        """Forget the next sessions that have ended, at most `BATCH`; answers how many."""
        until = clock.now() - OVERLAP
        place = {"since": self._since, "after": self._after, "limit": BATCH}
        ended = sql.rows(_ENDED, place)
        by_person = defaultdict(list)
        for row in ended:
            by_person[row["user_id"]].append(row["sid_hash"])
        for user_id, hashes in by_person.items():
            if not session_records.forget(user_id, hashes):
                return 0
        if len(ended) == BATCH:
            self._since, self._after = ended[-1]["revoked_at"], ended[-1]["session_id"]
        else:
            self._since, self._after = until, NOBODY
        return len(ended)
