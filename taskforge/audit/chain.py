"""The hash chain over the audit events: each link is an HMAC of the one before and of the event.

Changing, deleting or swapping any sealed event breaks every later link; the key is not in the database.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import text

from taskforge import clock, faults
from taskforge.stores import sql

GENESIS = b"\0" * 32
ADVISORY_LOCK = 7_301_001
BATCH = 500
# Events commit out of order; one this far behind the newest sealed one is looked for by the doctor only.
WINDOW = 20_000
# What the relay searches every second.
SWEPT_WINDOW = 2_000
SEALED_FIELDS = (
    "log_id", "event_id", "event", "entity_type", "entity_id", "entity_version", "action", "actor_id",
    "action_timestamp", "previous_state", "new_state", "ip_address", "user_agent", "team_id", "board_id", "board_seq",
    "operation_id",
)  # fmt: skip
_EVENT = ", ".join(
    f"host(l.{name}) AS {name}" if name == "ip_address" else f"l.{name}" for name in SEALED_FIELDS
)

_UNSEALED = "NOT EXISTS (SELECT FROM audit_chain c WHERE c.log_id = l.log_id)"
_NEWEST = text("SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1")
_LINKS = text(f"""
    SELECT c.seq, c.prev_hash, c.hash, c.log_id AS sealed_log_id, {_EVENT}
    FROM   audit_chain c
           LEFT JOIN audit_logs l USING (log_id)
    WHERE  c.seq >= :seq
    ORDER  BY c.seq
    LIMIT  :batch
""")
_COUNT_UNSEALED = text(f"SELECT count(*) FROM audit_logs l WHERE {_UNSEALED}")
_HAS_UNSEALED = text(f"""
    SELECT EXISTS (SELECT
                   FROM   audit_logs l
                   WHERE  {_UNSEALED} AND l.action_timestamp < :before
                          AND l.log_id > (SELECT coalesce(max(log_id), 0) - :window FROM audit_chain))
""")
# Among all events, where `:window` is NULL.
_NEXT_UNSEALED = text(f"""
    SELECT {_EVENT}
    FROM   audit_logs l
    WHERE  {_UNSEALED}
           AND (CAST(:window AS bigint) IS NULL
                OR l.log_id > (SELECT coalesce(max(log_id), 0) - CAST(:window AS bigint)
                               FROM   audit_chain))
    ORDER  BY l.log_id
    LIMIT  :batch
""")
_INSERT_LINK = text("""
    INSERT INTO audit_chain (seq, log_id, prev_hash, hash, sealed_at)
    VALUES (:seq, :log_id, :prev_hash, :hash, :sealed_at)
""")


@dataclass(frozen=True)
class ChainReport:
    """What a verification found: the number of links, events not sealed yet, and the first thing that is wrong."""

    links: int
    unsealed: int
    head: str
    problem: str | None = None


def seal_pending(key: bytes, *, everything: bool = False) -> int:
    """Append a link for every event that has none; answers how many. Safe to run twice and at the same time.

    With ``everything`` the whole log is searched, not only its recent part.
    """
    sealed = 0
    while (batch := _seal_batch(key, everything)) > 0:
        sealed += batch
    return sealed


def has_unsealed(before: datetime) -> bool:
    """Whether a recent event from before an instant has no link yet."""
    return bool(
        sql.scalar(
            _HAS_UNSEALED,
            {"before": before, "window": SWEPT_WINDOW},
        )
    )


def verify(key: bytes, *, anchor: tuple[int, str] | None = None) -> ChainReport:
    """Check every link against its event and its predecessor.

    `anchor` is a (seq, hash) noted down earlier outside the database: it shows a chain that was cut short.
    """
    previous, expected_seq, links = GENESIS, 1, 0
    problem: str | None = None
    while True:
        page = sql.rows(
            _LINKS,
            {"seq": expected_seq, "batch": BATCH},
        )
        for link in page:
            problem = _check_link(key, link, previous, expected_seq)
            if problem:
                break
            previous, expected_seq, links = bytes(link["hash"]), expected_seq + 1, links + 1
            if anchor and anchor[0] == link["seq"] and anchor[1] != previous.hex():
                problem = f"link {anchor[0]} is not the one that was noted down"
        if problem or len(page) < BATCH:
            break
    if problem is None and anchor and anchor[0] > links:
        problem = f"the chain ends at link {links}, but link {anchor[0]} was noted down"
    unsealed = sql.scalar(_COUNT_UNSEALED)
    return ChainReport(links, int(unsealed), previous.hex(), problem)


def head() -> tuple[int, bytes]:
    """The sequence number and hash of the newest link; (0, `GENESIS`) before the first."""
    return _place_of(sql.row(_NEWEST))


def link_hash(key: bytes, previous: bytes, event: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 of the previous hash and the canonical form of a event."""
    return hmac.new(key, previous + canonical(event), hashlib.sha256).digest()


def canonical(event: Mapping[str, Any]) -> bytes:
    """A event as bytes that are the same wherever and whenever it is read: sorted JSON, instants in UTC."""
    fields = {
        name: value.astimezone(UTC).isoformat()
        if isinstance(value := event[name], datetime)
        else value
        for name in SEALED_FIELDS
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _seal_batch(key: bytes, everything: bool) -> int:
    with sql.transaction() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        events = connection.execute(
            _NEXT_UNSEALED, {"batch": BATCH, "window": None if everything else WINDOW}
        ).mappings()
        seq, previous = _place_of(
            cast(sql.Row | None, connection.execute(_NEWEST).mappings().first())
        )
        links = []
        for event in events:
            seq += 1
            hashed = link_hash(key, previous, dict(event))
            links.append(
                {
                    "seq": seq,
                    "log_id": event["log_id"],
                    "prev_hash": previous,
                    "hash": hashed,
                    "sealed_at": clock.now(),
                }
            )
            previous = hashed
        if links:
            connection.execute(
                _INSERT_LINK,
                links,
            )
    faults.point("audit.sealed")
    return len(links)


def _place_of(link: Mapping[str, Any] | None) -> tuple[int, bytes]:
    return (link["seq"], bytes(link["hash"])) if link else (0, GENESIS)


def _check_link(
    key: bytes, link: Mapping[str, Any], previous: bytes, expected_seq: int
) -> str | None:
    if link["seq"] != expected_seq:
        return f"link {expected_seq} is missing"
    if link["log_id"] is None:
        return (
            f"link {expected_seq} seals audit event {link['sealed_log_id']}, which does not exist"
        )
    if bytes(link["prev_hash"]) != previous:
        return f"link {expected_seq} does not follow link {expected_seq - 1}"
    if not hmac.compare_digest(bytes(link["hash"]), link_hash(key, previous, link)):
        return f"audit event {link['log_id']} (link {expected_seq}) was changed after it was sealed"
    return None
