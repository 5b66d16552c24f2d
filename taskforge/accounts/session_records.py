"""The record of sessions in PostgreSQL, and the index of them in Redis.

PostgreSQL decides: a session whose row is revoked or missing authenticates nobody, whatever Redis holds, and losing
the content of Redis logs nobody out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from taskforge import clock, faults
from taskforge.accounts.documents import mirror_message
from taskforge.accounts.queries import IS_ACTIVE, MAX_IDLE_DAYS
from taskforge.errors import NotFound, Suspended
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.messaging import keys, online
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.stores import outbox, sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.text.people import Person

IDLE = timedelta(days=MAX_IDLE_DAYS)
ABSOLUTE = timedelta(seconds=keys.SESSION.ttl_seconds)  # however often it is used
SEEN_EVERY = timedelta(minutes=5)

_LOG_IN = text("""
    UPDATE users
    SET    last_login = :at, core_version = core_version + 1
    WHERE  user_id = :user_id AND suspended_at IS NULL
    RETURNING user_id, email, created_at, last_login, password_changed_at, core_version
""")
_SUSPENSION = text("""
    SELECT suspension_reason
    FROM   users
    WHERE  user_id = :user_id AND suspended_at IS NOT NULL AND deleted_at IS NULL
""")
_INSERT_SESSION = text("""
    INSERT INTO user_sessions (session_id, sid_hash, user_id, kind, ip_address, user_agent,
                               created_at, last_seen_at, confirmed_at, expires_at)
    VALUES (:session_id, :sid_hash, :user_id, :kind, CAST(:ip AS inet), :user_agent,
            :at, :at, :at, :expires_at)
""")
_REVOKE = text("""
    UPDATE user_sessions
    SET    revoked_at = :at
    WHERE  user_id = :user_id AND revoked_at IS NULL
           AND (CAST(:only AS uuid) IS NULL OR session_id = CAST(:only AS uuid))
           AND (CAST(:keep AS uuid) IS NULL OR session_id <> CAST(:keep AS uuid))
    RETURNING sid_hash
""")
_MARK_SEEN = text("UPDATE user_sessions SET last_seen_at = :at WHERE session_id = :session_id")


@dataclass(frozen=True, kw_only=True)
class Identity(Person):
    """Who is logged in, by which session. What Flask-Login calls the current user.

    ``confirmed_at`` is when somebody last proved in this session that it is them (`taskforge.accounts.confirmation`);
    ``viewing`` as whom they look at a team (`taskforge.boards.viewing`), perhaps in the past.
    """

    email: str
    theme: str
    is_site_admin: bool
    time_zone: str | None
    week_start: str
    session_id: str
    kind: str
    confirmed_at: datetime | None
    viewing: dict[str, Any] | None = field(default=None, hash=False)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Flask-Login's name for the user's id."""
        return self.user_id


_IDENTITY = tuple(each.name for each in fields(Identity))


def hash_sid(sid: str) -> bytes:
    """What is stored of a session's secret: its SHA-256."""
    return hashlib.sha256(sid.encode()).digest()


def open_session(
    user_id: str, sid: str, *, kind: str, ip: str | None = None, user_agent: str | None = None
) -> str:
    """Record a log-in: a new session for `sid` and the user's last log-in. Answers the public session id.

    Raises:
        NotFound: the account does not exist.
        Suspended: it is suspended.
    """
    session_id, at = new_id(), clock.now()
    with sql.transaction() as connection:
        row = (
            connection.execute(
                _LOG_IN,
                {"user_id": user_id, "at": at},
            )
            .mappings()
            .first()
        )
        if row is None:
            found = connection.execute(_SUSPENSION, {"user_id": user_id}).first()
            raise NotFound() if found is None else Suspended(found.suspension_reason)
        outbox.insert(connection, [mirror_message(dict(row))])
        connection.execute(
            _INSERT_SESSION,
            {
                "session_id": session_id,
                "sid_hash": hash_sid(sid),
                "user_id": user_id,
                "kind": kind,
                "ip": ip,
                "user_agent": user_agent,
                "at": at,
                "expires_at": at + ABSOLUTE,
            },
        )
    faults.point("login.session_written")
    remember(user_id, hash_sid(sid).hex())
    return session_id


def find_identity(
    *, sid: str | None = None, session_id: str | None = None, mark_seen: bool = True
) -> Identity | None:
    """Who a session belongs to, by its secret or (for a verified token) its public id; None if it is over.

    `mark_seen` is false for what no person did, which must not keep a session from expiring.

    Raises:
        Unavailable: PostgreSQL can't be asked; nobody is authenticated then.
    """
    found = find_identity_and_preloaded(None, sid=sid, session_id=session_id, mark_seen=mark_seen)
    return found[0] if found is not None else None


def find_identity_and_preloaded(
    query: JoinedQuery | None,
    *,
    sid: str | None = None,
    session_id: str | None = None,
    mark_seen: bool = True,
) -> tuple[Identity, sql.Row | None] | None:
    """Like `find_identity`, with the row of `query` joined to the user; None where it gives no row."""
    at = clock.now()
    found = sql.row(
        _who(sid is not None, query.sql if query else ""),
        {
            **(query.parameters if query else {}),
            "sid_hash": hash_sid(sid) if sid is not None else None,
            "session_id": session_id,
            "at": at,
            "idle_since": at - IDLE,
        },
    )
    if found is None:
        return None
    if found["last_seen_at"] < at - SEEN_EVERY and mark_seen:
        _mark_seen(found["session_id"], found["user_id"], at)
    identity = Identity(**{name: found[name] for name in _IDENTITY})
    row = {name: value for name, value in found.items() if name not in _IDENTITY}
    del row["last_seen_at"]
    return identity, row if any(value is not None for value in row.values()) else None


def find_preloaded(user_id: str, query: JoinedQuery) -> sql.Row | None:
    """The row of `query` for a person who was identified by an earlier statement of this request."""
    return sql.row(_joined_alone(query.sql), {**query.parameters, "user_id": user_id})


@cache
def _joined_alone(query: str) -> TextClause:
    return prepared(
        f"SELECT joined.* FROM users u CROSS JOIN LATERAL ({query}) joined WHERE u.user_id = :user_id"
    )


@cache
def _who(by_secret: bool, query: str) -> TextClause:
    where = "s.sid_hash = :sid_hash" if by_secret else "s.session_id = :session_id"
    more = ", joined.*" if query else ""
    join = f" LEFT JOIN LATERAL ({query}) joined ON true" if query else ""
    # The LIMIT makes PostgreSQL look up the session first, even by a generic plan from when there were few users.
    return prepared(f"""
        SELECT u.*{more}
        FROM   (SELECT u.user_id, u.email, u.display_name, u.theme, u.picture, u.time_zone,
                       u.week_start, u.is_site_admin, s.session_id, s.kind, s.confirmed_at,
                       s.viewing, s.last_seen_at
                FROM   user_sessions s JOIN users u USING (user_id)
                WHERE  {where} AND s.revoked_at IS NULL AND s.expires_at > :at
                       AND s.last_seen_at > :idle_since AND {IS_ACTIVE}
                LIMIT  1) u{join}
    """)


def revoke_session(actor: Actor, session_id: str) -> None:
    """End one of the actor's sessions, by its public id.

    Raises:
        NotFound: no such live session of theirs.
    """
    with UnitOfWork(actor, entity_id=session_id, version=0) as uow:
        ended = revoke_in(uow, actor.user_id, only=session_id)
        if not ended:
            raise NotFound()
        own = session_id == actor.session_id
        event = Event.USER_LOGGED_OUT if own else Event.USER_SESSION_REVOKED
        uow.record(
            event,
            entity_type="user",
            entity_id=actor.user_id,
            before={"session_id": session_id, "revoked": False},
            after={"session_id": session_id, "revoked": True},
        )
    faults.point("revoke.pg_done")
    forget(actor.user_id, ended)


def revoke_all_sessions(actor: Actor, *, keep_current: bool = False) -> int:
    """End all of the actor's sessions, or all but the present one; answers how many ended."""
    with UnitOfWork(actor, entity_id=actor.user_id, version=0) as uow:
        ended = revoke_in(uow, actor.user_id, keep=actor.session_id if keep_current else None)
        uow.record(
            Event.USER_ALL_SESSIONS_REVOKED,
            entity_type="user",
            entity_id=actor.user_id,
            before={"sessions": len(ended)},
            after={"sessions": 0, "kept_current": keep_current},
        )
    faults.point("revoke.pg_done")
    forget(actor.user_id, ended)
    return len(ended)


def revoke_in(
    uow: UnitOfWork, user_id: str, *, only: str | None = None, keep: str | None = None
) -> list[str]:
    """Revoke sessions inside a transaction; the hashes (hexadecimal) of those that ended."""
    ended = uow.execute(
        _REVOKE,
        {"at": uow.at, "user_id": user_id, "only": only, "keep": keep},
    ).scalars()
    return [bytes(sid_hash).hex() for sid_hash in ended]


def forget(user_id: str, hashes: Sequence[str]) -> bool:
    """Remove ended sessions from Redis; False while it is away, and then the relay does it (`ended_sessions`)."""
    if not hashes:
        return True
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            pipe.delete(*(keys.SESSION.key(sid_hash=sid_hash) for sid_hash in hashes))
            pipe.srem(keys.USER_SESSIONS.key(user_id=user_id), *hashes)
            pipe.execute()
    except RedisUnavailable:
        return False
    faults.point("logout.redis_deleted")
    return True


def remember(user_id: str, sid_hash: str) -> None:
    """Add a session to the index of them in Redis. Best effort: `doctor --repair` writes it anew."""
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            key = keys.USER_SESSIONS.key(user_id=user_id)
            pipe.sadd(key, sid_hash)
            pipe.expire(key, keys.USER_SESSIONS.ttl_seconds)
            pipe.execute()
    except RedisUnavailable:
        return


def _mark_seen(session_id: str, user_id: str, at: datetime) -> None:
    sql.execute_now(
        _MARK_SEEN,
        {"at": at, "session_id": session_id},
    )
    online.mark_online(user_id)
