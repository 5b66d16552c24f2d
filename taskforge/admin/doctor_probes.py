"""What the doctor needs to know of the features: their copies, their checks of Redis, and their remedies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import redis
from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.documents import core_fields as profile_core_fields
from taskforge.accounts.documents import face_fields as profile_face
from taskforge.accounts.session_records import ABSOLUTE, IDLE
from taskforge.audit import chain
from taskforge.extensions import config_of, redis_client
from taskforge.history.snapshot_checks import drop_wrong, wrong_snapshots
from taskforge.messaging import redis_cache
from taskforge.notifications import jobs as notifications
from taskforge.notifications.queries import count_unread
from taskforge.stores import sql
from taskforge.stores.doctor import Remedy
from taskforge.stores.document_checks import Copies
from taskforge.stores.invariants import Probes
from taskforge.stores.violations import Violation
from taskforge.tasks.documents import core_fields as task_core_fields
from taskforge.tasks.documents import face_fields as task_face

UNREAD = "user:notifications:count:"
SESSION = "session:"
INDEX = "user:sessions:"
EXPIRING = (
    SESSION, INDEX, UNREAD, "user:profile:", "task:", "online:users", "presence:", "ratelimit",
    "doorbell:",
)  # fmt: skip
PAGE = 500


def probes() -> Probes:
    """For the current application."""
    return Probes(
        copies={
            "task": Copies(core=task_core_fields, face=task_face),
            "user": Copies(core=profile_core_fields, face=profile_face),
        },
        check_snapshots=wrong_snapshots,
        verify_chain=lambda: chain.verify(_audit_key()).problem,
        check_redis={
            "I10": lambda: _while_redis_answers(_wrong_unread_counts),
            "I11": lambda: _while_redis_answers(_keys_that_stay),
            "I12": lambda: _while_redis_answers(_sessions_that_are_over),
        },
    )


def remedies() -> Mapping[str, Remedy]:
    """What to do about the findings of `probes`, by the name of the remedy."""
    return {
        "seal": lambda _: chain.seal_pending(_audit_key(), everything=True),
        "deliver": deliver,
        "drop snapshots": drop_wrong,
        "count unread": lambda found: _each(found, lambda user_id: forget(UNREAD + user_id)),
        "let expire": lambda found: _each(
            found, lambda key: redis_client().expire(key, redis_cache.UNREAD_SECONDS)
        ),
        "forget": lambda found: _each(found, forget),
        "list sessions": lambda found: _each(found, list_sessions_anew),
    }


def deliver(violations: Sequence[Violation]) -> None:
    """Deliver what was not, also what was marked as delivered and is in no inbox."""
    sql.execute_now(
        text(
            "UPDATE notification_intents i SET delivered_at = NULL"
            " WHERE event_id = ANY(CAST(:ids AS uuid[])) AND NOT EXISTS (SELECT 1 FROM notifications n"
            " WHERE n.event_id = i.event_id AND n.user_id = i.user_id)"
        ),
        {"ids": [violation.entity_id for violation in violations]},
    )
    notifications.deliver()


def forget(key: str) -> None:
    """Drop a key from Redis: it is made anew from PostgreSQL when it is asked for."""
    redis_client().delete(key)


def list_sessions_anew(user_id: str) -> None:
    """Write the index of somebody's sessions as PostgreSQL has them."""
    key, hashes = INDEX + user_id, _live_sessions([user_id]).get(user_id, set())
    with redis_client().pipeline() as pipe:
        pipe.delete(key)
        if hashes:
            pipe.sadd(key, *hashes)
            pipe.expire(key, int(ABSOLUTE.total_seconds()))
        pipe.execute()


def _wrong_unread_counts() -> Iterator[Violation]:
    for keys in _keys(UNREAD):
        values = redis_client().mget(keys)
        for key, value in zip(keys, values, strict=True):
            user_id = key.removeprefix(UNREAD)
            counted = count_unread(user_id, cached=False)
            if value is not None and value != str(counted).encode():
                detail = f"has {counted} unread, and Redis says {_text(value)}"
                yield Violation("I10", f"user {user_id}", detail, "count unread")


def _keys_that_stay() -> Iterator[Violation]:
    for prefix in EXPIRING:
        for keys in _keys(prefix):
            with redis_client().pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.ttl(key)
                for key, seconds in zip(keys, pipe.execute(), strict=True):
                    if seconds == -1:
                        yield Violation("I11", f"key {key}", "never expires", "let expire")


def _sessions_that_are_over() -> Iterator[Violation]:
    for keys in _keys(SESSION):
        over = sql.rows(
            text(
                "SELECT encode(sid_hash, 'hex') AS hash FROM user_sessions"
                " WHERE sid_hash = ANY(:hashes) AND revoked_at IS NOT NULL"
            ),
            {"hashes": [bytes.fromhex(h) for h in _hashes(keys)]},
        )
        for row in over:
            yield Violation("I12", f"key {SESSION}{row['hash']}", "is revoked", "forget")
    for keys in _keys(INDEX):
        users = [key.removeprefix(INDEX) for key in keys]
        live = _live_sessions(users)
        for user_id in users:
            listed = {_text(member) for member in redis_client().smembers(INDEX + user_id)}
            dead = listed - live.get(user_id, set())
            if dead:
                detail = f"{len(dead)} sessions are listed that are over"
                yield Violation("I12", f"user {user_id}", detail, "list sessions")


def _live_sessions(user_ids: Sequence[str]) -> dict[str, set[str]]:
    found = sql.rows(
        text(
            "SELECT user_id, encode(sid_hash, 'hex') AS hash FROM user_sessions"
            " WHERE user_id = ANY(CAST(:ids AS uuid[])) AND revoked_at IS NULL"
            " AND expires_at > :at AND last_seen_at > :idle_since"
        ),
        {"ids": list(user_ids), "at": clock.now(), "idle_since": clock.now() - IDLE},
    )
    live: dict[str, set[str]] = {}
    for row in found:
        live.setdefault(row["user_id"], set()).add(row["hash"])
    return live


def _keys(prefix: str) -> Iterator[list[str]]:
    """Keys that begin with a prefix, in pages."""
    page: list[str] = []
    for key in redis_client().scan_iter(match=f"{prefix}*", count=PAGE):
        page.append(_text(key))
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode(errors="replace")


def _hashes(keys: list[str]) -> list[str]:
    named = (key.removeprefix(SESSION) for key in keys)
    return [name for name in named if len(name) == 64 and set(name) <= set("0123456789abcdef")]


def _while_redis_answers(check: Callable[[], Iterator[Violation]]) -> Iterator[Violation]:
    """A Redis that is away holds nothing that could be wrong."""
    try:
        yield from check()
    except (redis.ConnectionError, redis.TimeoutError):
        return


def _each(violations: Sequence[Violation], repair: Callable[[str], Any]) -> None:
    for violation in violations:
        repair(violation.entity_id)


def _audit_key() -> bytes:
    return config_of().audit_key.encode()
