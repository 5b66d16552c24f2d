"""The hash chain over the audit events: each link is an HMAC of the one before and of the event.

Changing, deleting or swapping any sealed event breaks every later link; the key is not in the database. An event from
which a deleted person was erased keeps its link, and is proved by an HMAC of that link and of what is left of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import text

from taskforge import clock, faults
from taskforge.audit.sealed_prefix import PLACE, SealedPrefix
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared

GENESIS = b"\0" * 32
ADVISORY_LOCK = 7_301_001
BATCH = 500
# A process that knows nothing of the log yet begins this far before the end of the chain; what may be unsealed before
# that is looked for by the doctor only.
WINDOW = 20_000
SEALED_FIELDS = (
    "log_id", "event_id", "event", "entity_type", "entity_id", "entity_version", "action", "actor_id",
    "action_timestamp", "previous_state", "new_state", "ip_address", "user_agent", "team_id", "board_id", "board_seq",
    "operation_id",
)  # fmt: skip
EVENT_COLUMNS = ", ".join(
    f"host(l.{name}) AS {name}" if name == "ip_address" else f"l.{name}" for name in SEALED_FIELDS
)

SEALS = "audit_chain c"  # an item of a FROM clause
_UNSEALED = "NOT EXISTS (SELECT FROM audit_chain c WHERE c.log_id = l.log_id)"
_NEWEST = text("SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1")
_LINKS = text(f"""
    SELECT c.seq, c.prev_hash, c.hash, c.log_id AS sealed_log_id, e.hash AS erased_hash, {EVENT_COLUMNS}
    FROM   audit_chain c
           LEFT JOIN audit_logs l USING (log_id)
           LEFT JOIN audit_erasures e ON e.log_id = c.log_id
    WHERE  c.seq >= :seq
    ORDER  BY c.seq
    LIMIT  :batch
""")
_HASH = text("SELECT hash FROM audit_chain WHERE seq = :seq")
_COUNT_UNSEALED = text(f"SELECT count(*) FROM audit_logs l WHERE {_UNSEALED}")
# Where the search for unsealed events begins: `:floor`, or far enough before the end of the chain.
_FLOOR = f"""
    SELECT coalesce(CAST(:floor AS bigint),
                    (SELECT coalesce(max(log_id), 0) - {WINDOW} FROM audit_chain)) AS id
"""
# Of an event `l`, above the id of a CTE `floor`. The chain is bounded too: the planner may merge both tables by their
# ids, and would read all of its links.
IS_UNSEALED_ABOVE_FLOOR = """
           l.log_id > (SELECT id FROM floor)
           AND NOT EXISTS (SELECT
                           FROM   audit_chain c
                           WHERE  c.log_id = l.log_id AND c.log_id > (SELECT id FROM floor))
"""
_SEAL_LOCK = "SELECT pg_advisory_xact_lock(CAST(:lock AS bigint))"
# The events to seal, each with the place; one row without an event where there is none.
_NEXT_UNSEALED = f"""
    WITH floor AS ({_FLOOR}), place AS ({PLACE}), unsealed AS (
        SELECT {EVENT_COLUMNS}
        FROM   audit_logs l
        WHERE  {IS_UNSEALED_ABOVE_FLOOR}
        ORDER  BY l.log_id
        LIMIT  CAST(:batch AS bigint)
    )
    SELECT place.*, unsealed.*
    FROM   place
           LEFT JOIN unsealed ON true
    ORDER  BY unsealed.log_id
"""
_OVERDUE = prepared(f"""
    WITH floor AS ({_FLOOR}), place AS ({PLACE}), unsealed AS (
        SELECT l.log_id, l.action_timestamp
        FROM   audit_logs l
        WHERE  {IS_UNSEALED_ABOVE_FLOOR}
        ORDER  BY l.log_id
        LIMIT  {BATCH}
    )
    SELECT place.*,
           (SELECT min(log_id) FROM unsealed) AS first_unsealed,
           EXISTS (SELECT FROM unsealed WHERE action_timestamp < CAST(:before AS timestamptz)) AS is_overdue
    FROM   place
""")
_INSERT_LINKS = prepared("""
    INSERT INTO audit_chain (seq, log_id, prev_hash, hash, sealed_at)
    SELECT link.*, CAST(:sealed_at AS timestamptz)
    FROM   unnest(
               CAST(:seqs AS bigint[]), CAST(:log_ids AS bigint[]),
               CAST(:prev_hashes AS bytea[]), CAST(:hashes AS bytea[])
           ) AS link (seq, log_id, prev_hash, hash)
""")

# What this process knows of the log.
_sealed = SealedPrefix()


class _Stretch(NamedTuple):
    """Links that were checked: what is wrong, where the next one begins and on which hash, and whether none follows."""

    problem: str | None
    next_seq: int
    hash: bytes
    is_last: bool


class _Link(NamedTuple):
    seq: int
    log_id: int
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True)
class ChainReport:
    """What a verification found: the number of links, events not sealed yet, and the first thing that is wrong."""

    links: int
    unsealed: int
    head: str
    problem: str | None = None


def seal_pending(key: bytes, *, everything: bool = False) -> int:
    """Append a link for every event that has none; answers how many. Safe to run twice and at the same time.

    With ``everything`` the whole log is searched, and not only what comes after its sealed prefix.
    """
    sealed, batch = 0, BATCH
    while batch == BATCH:
        batch = _seal_batch(key, everything)
        sealed += batch
    return sealed


def has_unsealed(before: datetime) -> bool:
    """Whether a recent event from before an instant has no link yet. Costs the same however long the log is."""
    found = sql.row(_OVERDUE, {**_sealed.parameters, "before": before})
    assert found is not None
    if _sealed.is_contradicted_by(found):
        return has_unsealed(before)
    first = found["first_unsealed"]
    _sealed.extend(found, found["newest"] if first is None else first - 1, _head_in(found))
    return bool(found["is_overdue"])


def verify(key: bytes, *, anchor: tuple[int, str] | None = None) -> ChainReport:
    """Check every link against its event and its predecessor.

    `anchor` is a (seq, hash) noted down earlier outside the database: it shows a chain that was cut short.
    """
    stretch = _check(key, 1, GENESIS, BATCH, anchor)
    while not stretch.is_last:
        stretch = _check(key, stretch.next_seq, stretch.hash, BATCH, anchor)
    problem, links = stretch.problem, stretch.next_seq - 1
    if problem is None and anchor and anchor[0] > links:
        problem = f"the chain ends at link {links}, but link {anchor[0]} was noted down"
    unsealed = sql.scalar(_COUNT_UNSEALED)
    return ChainReport(links, int(unsealed), stretch.hash.hex(), problem)


def check_stretch(key: bytes, first_seq: int, links: int) -> tuple[str | None, int]:
    """What is wrong with at most so many links from one on, and the number behind the last one that was read.

    That number is `first_seq` where the chain ends before it. For a watch that must not read all of the chain at once.
    """
    before = sql.scalar(_HASH, {"seq": first_seq - 1}) if first_seq > 1 else None
    found = _check(key, first_seq, GENESIS if before is None else bytes(before), links)
    return found.problem, found.next_seq


def head() -> tuple[int, bytes]:
    """The sequence number and hash of the newest link; (0, `GENESIS`) before the first."""
    link = sql.row(_NEWEST)
    return (link["seq"], bytes(link["hash"])) if link else (0, GENESIS)


def link_hash(key: bytes, previous: bytes, event: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 of the previous hash and the canonical form of a event."""
    return hmac.new(key, previous + canonical(event), hashlib.sha256).digest()


def erasure_hash(key: bytes, link: bytes, event: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 of the hash of an event's link and of what is left of the event after an erasure."""
    return hmac.new(key, b"erased" + link + canonical(event), hashlib.sha256).digest()


def is_true_event(key: bytes, link: Mapping[str, Any]) -> bool:
    """Whether a sealed event is what its link says: it has the link's ``prev_hash``, ``hash`` and ``erased_hash``."""
    own = bytes(link["hash"])
    if link["erased_hash"] is None:
        return hmac.compare_digest(own, link_hash(key, bytes(link["prev_hash"]), link))
    return hmac.compare_digest(bytes(link["erased_hash"]), erasure_hash(key, own, link))


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
        known = {**_sealed.parameters, **({"floor": 0} if everything else {})}
        statement = prepared(_SEAL_LOCK, _NEXT_UNSEALED)
        parameters = {**known, "lock": ADVISORY_LOCK, "batch": BATCH}
        result = connection.execute(statement, parameters)
        found = cast(Sequence[sql.Row], result.mappings().all())
        place, head = found[0], _head_in(found[0])
        is_another_log = _sealed.is_contradicted_by(place)
        events = [event for event in found if event["log_id"] is not None]
        links = [] if is_another_log else _links(key, head, events)
        if links:
            connection.execute(_INSERT_LINKS, _parameters_of(links))
    if is_another_log:
        return _seal_batch(key, everything)
    faults.point("audit.sealed")
    end = events[-1]["log_id"] if len(events) == BATCH else place["newest"]
    _sealed.extend(place, end, (links[-1].seq, links[-1].hash) if links else head)
    return len(links)


def _links(key: bytes, head: tuple[int, bytes], events: Sequence[Mapping[str, Any]]) -> list[_Link]:
    seq, previous = head
    links: list[_Link] = []
    for event in events:
        seq += 1
        hashed = link_hash(key, previous, event)
        links.append(_Link(seq=seq, log_id=event["log_id"], prev_hash=previous, hash=hashed))
        previous = hashed
    return links


def _parameters_of(links: Sequence[_Link]) -> dict[str, Any]:
    return {
        "seqs": [link.seq for link in links],
        "log_ids": [link.log_id for link in links],
        "prev_hashes": [link.prev_hash for link in links],
        "hashes": [link.hash for link in links],
        "sealed_at": clock.now(),
    }


def _head_in(place: Mapping[str, Any]) -> tuple[int, bytes]:
    seq = place["head_seq"]
    return (0, GENESIS) if seq is None else (seq, bytes(place["head_hash"]))


def _check(
    key: bytes, seq: int, previous: bytes, links: int, anchor: tuple[int, str] | None = None
) -> _Stretch:
    """Check at most so many links from `seq` on, up to the first that is wrong; `previous` is the hash before it."""
    page = sql.rows(_LINKS, {"seq": seq, "batch": links})
    for link in page:
        problem = _check_link(key, link, previous, seq)
        if problem:
            return _Stretch(problem, seq, previous, is_last=True)
        previous, seq = bytes(link["hash"]), seq + 1
        if anchor and anchor[0] == link["seq"] and anchor[1] != previous.hex():
            problem = f"link {anchor[0]} is not the one that was noted down"
            return _Stretch(problem, seq, previous, is_last=True)
    return _Stretch(None, seq, previous, is_last=len(page) < links)


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
    if not is_true_event(key, link):
        return f"audit event {link['log_id']} (link {expected_seq}) was changed after it was sealed"
    return None
