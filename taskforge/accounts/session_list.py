"""The list of one's sessions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.session_records import IDLE
from taskforge.stores import sql
from taskforge.stores.actor import Actor

SESSIONS_PER_USER = 100

_LIST_SESSIONS = text("""
    SELECT session_id, kind, host(ip_address) AS ip_address, user_agent, created_at, last_seen_at,
           expires_at
    FROM   user_sessions
    WHERE  user_id = :user_id AND revoked_at IS NULL AND expires_at > :at
           AND last_seen_at > :idle_since
    ORDER  BY last_seen_at DESC, session_id
    LIMIT  :limit
""")


def list_sessions(actor: Actor) -> Sequence[sql.Row]:
    """The actor's live sessions, latest first: session_id, kind, ip_address, user_agent and instants."""
    return sql.rows(
        _LIST_SESSIONS,
        {
            "user_id": actor.user_id,
            "at": clock.now(),
            "idle_since": clock.now() - IDLE,
            "limit": SESSIONS_PER_USER,
        },
    )
