"""What the features provide for the doctor: their copies in MongoDB, their checks and their repairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import redis

from taskforge import clock
from taskforge.accounts import picture_service, picture_store
from taskforge.accounts.documents import denormalised_columns as profile_columns
from taskforge.accounts.documents import mirror_fields as profile_mirror_fields
from taskforge.accounts.queries import LIVE_SESSIONS, REVOKED_SESSIONS
from taskforge.accounts.session_records import IDLE
from taskforge.attachments import sweep
from taskforge.attachments.count_checks import COUNT, count_files, wrong_file_counts
from taskforge.attachments.documents import files_fields
from taskforge.audit import chain
from taskforge.comments.count_checks import count_comments, wrong_comment_counts
from taskforge.extensions import config_of
from taskforge.history.log_checks import untrue_rows
from taskforge.history.snapshot_checks import drop_wrong, wrong_snapshots
from taskforge.mail.delivery_checks import parked_mails, send_again
from taskforge.messaging import keys
from taskforge.messaging.keys import KeyFamily
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.bundles import delivery_checks as bundle_checks
from taskforge.notifications.delivery_checks import deliver_again, tell_again, wrong_deliveries
from taskforge.notifications.queries import count_unread
from taskforge.reports.projection_checks import MAKE_AGAIN, make_wrong_again, wrong_ways
from taskforge.search import entry_checks
from taskforge.stores import sql
from taskforge.stores.doctor import Remedy
from taskforge.stores.document_checks import Copies
from taskforge.stores.document_parts import FILES, MIRROR
from taskforge.stores.invariants import Probes, Versioned
from taskforge.stores.violations import Violation
from taskforge.tasks.documents import mirror_fields as task_mirror_fields
from taskforge.tasks.fields import denormalised_columns as task_columns
from taskforge.teams.membership_checks import derive_memberships, wrong_memberships

PAGE = 500
VERSIONED = (
    Versioned("task", "tasks", "task_id"),
    Versioned("comment", "comments", "comment_id"),
    Versioned("attachment", "attachments", "attachment_id"),
    Versioned("user", "users", "user_id"),
    Versioned("team", "teams", "team_id"),
    Versioned("board", "boards", "board_id"),
)


def probes() -> Probes:
    """The probes of the current application."""
    return Probes(
        copies={
            "task": Copies({MIRROR: task_mirror_fields, FILES: files_fields}, columns=task_columns),
            "comment": Copies({FILES: files_fields}),
            "user": Copies({MIRROR: profile_mirror_fields}, columns=profile_columns),
        },
        versioned=VERSIONED,
        verify_chain=lambda: chain.verify(_audit_key()).problem,
        checks={
            "I9": wrong_deliveries,
            "I10": _wrong_counts,
            "I11": lambda: _while_redis_answers(_keys_without_expiry),
            "I12": lambda: _while_redis_answers(_ended_sessions),
            "I13": wrong_snapshots,
            "I14": untrue_rows,
            "I15": _unsent_mails,
            "I16": wrong_memberships,
            "I17": picture_store.wrong_pictures,
            "I18": sweep.wrong_blobs,
            "I19": sweep.wrong_thumbnails,
            "I20": wrong_file_counts,
            "I21": entry_checks.wrong_entries,
            "I22": wrong_ways,
        },
    )


def remedies() -> Mapping[str, Remedy]:
    """The repair of each finding of `probes`, by the name that the violation gives it."""
    return {
        "derive memberships": derive_memberships,
        picture_store.REMOVE: picture_service.remove_unnamed,
        picture_store.FORGET: picture_service.forget_lost,
        sweep.REMOVE: sweep.remove_unnamed,
        sweep.MAKE: sweep.make_again,
        COUNT: count_files,
        MAKE_AGAIN: make_wrong_again,
        "seal": lambda _: chain.seal_pending(_audit_key(), everything=True),
        "deliver": deliver_again,
        "tell": tell_again,
        "send again": send_again,
        bundle_checks.MAKE_AGAIN: bundle_checks.make_again,
        bundle_checks.OPEN_BUNDLES: bundle_checks.open_bundles,
        bundle_checks.SEND: bundle_checks.send_overdue,
        entry_checks.MAKE_AGAIN: entry_checks.make_again,
        "count comments": count_comments,
        "drop snapshots": drop_wrong,
        "count unread": lambda found: _each(
            found, lambda user_id: delete_key(keys.UNREAD_COUNT.key(user_id=user_id))
        ),
        "let expire": lambda found: _each(
            found, lambda key: redis_client().expire(key, keys.UNREAD_COUNT.ttl_seconds)
        ),
        "forget": lambda found: _each(found, delete_key),
        "list sessions": lambda found: _each(found, rewrite_session_index),
    }


def delete_key(key: str) -> None:
    """Delete a key from Redis; it is written anew from PostgreSQL when it is read next."""
    redis_client().delete(key)


def rewrite_session_index(user_id: str) -> None:
    """Write a user's index of session hashes from the sessions in PostgreSQL."""
    key, hashes = (
        keys.USER_SESSIONS.key(user_id=user_id),
        _live_sessions([user_id]).get(user_id, set()),
    )
    with redis_client().pipeline() as pipe:
        pipe.delete(key)
        if hashes:
            pipe.sadd(key, *hashes)
            pipe.expire(key, keys.USER_SESSIONS.ttl_seconds)
        pipe.execute()


def _unsent_mails() -> Iterator[Violation]:
    yield from parked_mails()
    yield from bundle_checks.unsent_mails()


def _wrong_counts() -> Iterator[Violation]:
    yield from _while_redis_answers(_wrong_unread_counts)
    yield from wrong_comment_counts()


def _wrong_unread_counts() -> Iterator[Violation]:
    for page in _pages(keys.UNREAD_COUNT):
        values = redis_client().mget(page)
        for key, value in zip(page, values, strict=True):
            user_id = key.removeprefix(keys.UNREAD_COUNT.prefix)
            counted = count_unread(user_id, cached=False)
            if value is not None and value != str(counted).encode():
                detail = f"has {counted} unread, and Redis says {_text(value)}"
                yield Violation("I10", f"user {user_id}", detail, "count unread")


def _keys_without_expiry() -> Iterator[Violation]:
    for family in keys.FAMILIES:
        for page in _pages(family):
            with redis_client().pipeline(transaction=False) as pipe:
                for key in page:
                    pipe.ttl(key)
                for key, seconds in zip(page, pipe.execute(), strict=True):
                    if seconds == -1:
                        yield Violation("I11", f"key {key}", "never expires", "let expire")


def _ended_sessions() -> Iterator[Violation]:
    for page in _pages(keys.SESSION):
        ended = sql.rows(
            REVOKED_SESSIONS,
            {"hashes": [bytes.fromhex(h) for h in _hashes(page)]},
        )
        for row in ended:
            key = keys.SESSION.key(sid_hash=row["hash"])
            yield Violation("I12", f"key {key}", "is revoked", "forget")
    for page in _pages(keys.USER_SESSIONS):
        users = [key.removeprefix(keys.USER_SESSIONS.prefix) for key in page]
        live = _live_sessions(users)
        for user_id in users:
            listed = {
                _text(member)
                for member in redis_client().smembers(keys.USER_SESSIONS.key(user_id=user_id))
            }
            dead = listed - live.get(user_id, set())
            if dead:
                detail = f"{len(dead)} sessions are listed that are over"
                yield Violation("I12", f"user {user_id}", detail, "list sessions")


def _live_sessions(user_ids: Sequence[str]) -> dict[str, set[str]]:
    found = sql.rows(
        LIVE_SESSIONS,
        {"ids": list(user_ids), "at": clock.now(), "idle_since": clock.now() - IDLE},
    )
    live: dict[str, set[str]] = {}
    for row in found:
        live.setdefault(row["user_id"], set()).add(row["hash"])
    return live


def _pages(family: KeyFamily) -> Iterator[list[str]]:
    """The stored keys of a family, in lists of at most `PAGE`."""
    page: list[str] = []
    for key in redis_client().scan_iter(match=f"{family.prefix}*", count=PAGE):
        page.append(_text(key))
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode(errors="replace")


def _hashes(session_keys: Sequence[str]) -> list[str]:
    """The session hashes in some keys; keys that do not end in one are left out."""
    named = (key.removeprefix(keys.SESSION.prefix) for key in session_keys)
    return [name for name in named if len(name) == 64 and set(name) <= set("0123456789abcdef")]


def _while_redis_answers(check: Callable[[], Iterator[Violation]]) -> Iterator[Violation]:
    """The findings of a check of Redis; none while Redis is unavailable."""
    try:
        yield from check()
    except (redis.ConnectionError, redis.TimeoutError):
        return


def _each(violations: Sequence[Violation], repair: Callable[[str], Any]) -> None:
    for violation in violations:
        repair(violation.entity_id)


def _audit_key() -> bytes:
    return config_of().audit_key.encode()
