"""The outbox: parts of documents that PostgreSQL has committed and MongoDB does not have yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from taskforge import clock, faults
from taskforge.stores import mongo, sql
from taskforge.stores.document_parts import CONTENT, FIRST_VERSION, DocumentPart, part_of
from taskforge.stores.prepared_statements import prepared

CHANNEL = "taskforge_outbox"
RELAYED_WITHIN = timedelta(seconds=10)  # usually much sooner: the relay looks every second
REQUEST_LEASE_SECONDS = 2
RELAY_LEASE_SECONDS = 10
ATTEMPTS_UNTIL_SUSPECT = 3
ATTEMPTS_UNTIL_PARKED = 12
LONGEST_BACKOFF_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Message:
    """One version of one document part on its way to MongoDB."""

    entity_type: str
    entity_id: str
    part: str
    version: int
    payload: bytes

    @property
    def change(self) -> mongo.PartChange:
        """What `mongo.apply` takes. Raises KeyError when no feature registered such a part."""
        part = part_of(self.entity_type, self.part)
        return mongo.PartChange(part, self.entity_id, self.version, self.payload)

    @property
    def is_for_relay(self) -> bool:
        """Whether the relay applies it, in batches: mirrors, and the first content of an entity.

        Until then it is read from the outbox. Applied in its request, it was an eighth of that, and a second write.
        """
        return self.part != CONTENT or self.version == FIRST_VERSION

    @property
    def sha(self) -> bytes:
        """SHA-256 of the payload, kept in the reference row (``doc_sha``) for the doctor."""
        return hashlib.sha256(self.payload).digest()


@dataclass(frozen=True, kw_only=True)
class Claimed(Message):
    """A message that this process has leased; `attempts` counts this attempt."""

    outbox_id: int
    attempts: int


def encode_message(
    part: DocumentPart,
    entity_id: str,
    version: int,
    fields: Mapping[str, Any],
    *,
    extra: Mapping[str, Any] | None = None,
) -> Message:
    """A part at a version, in its present schema; `fields` are all of its own, `extra` what a tombstone has besides."""
    return Message(
        entity_type=part.entity_type,
        entity_id=entity_id,
        part=part.name,
        version=version,
        payload=mongo.encode(part.to_store(fields) | dict(extra or {})),
    )


def pending_content(entity_id: str) -> str:
    """SQL for the newest content of an entity that is on its way to MongoDB; NULL when MongoDB has it.

    `entity_id` is the column with the entity's id, such as ``k.task_id``.
    """
    return f"""(SELECT o.payload
        FROM outbox o
        WHERE o.entity_id = {entity_id} AND o.part = '{CONTENT}'
        ORDER BY o.version DESC
        LIMIT 1)"""


def is_late(version: int, created_at: datetime) -> bool:
    """Whether a content that is pending should be in MongoDB by now; a first one has some time from `created_at` on."""
    return version > FIRST_VERSION or clock.now() - created_at > RELAYED_WITHIN


def insert(connection: Connection, messages: Sequence[Message]) -> None:
    """Put messages into the outbox, in a transaction that no unit of work wraps."""
    connection.execute(prepared(INSERT), insert_parameters(messages))


def insert_parameters(messages: Sequence[Message]) -> dict[str, Any]:
    """The parameters of `INSERT` for these messages."""
    return {
        "entity_types": [message.entity_type for message in messages],
        "entity_ids": [message.entity_id for message in messages],
        "parts": [message.part for message in messages],
        "versions": [message.version for message in messages],
        "payloads": [message.payload for message in messages],
        "lease": REQUEST_LEASE_SECONDS,
    }


def apply(message: Message) -> None:
    """Bring MongoDB to a message's version, and take it (and older ones of its part) out of the outbox.

    Raises:
        DocumentsUnavailable: MongoDB did not confirm; the message stays.
        Unavailable: PostgreSQL went away; the message stays and will be applied again, harmlessly.
    """
    faults.point("apply.before")
    mongo.apply(*message.change)
    faults.point("apply.after")
    faults.point("outbox.before_delete")
    settle([message])
    faults.point("outbox.deleted")


def settle(messages: Sequence[Message]) -> None:
    """Remove applied messages and all older ones of their parts; payloads of content go to the redo log."""
    if not messages:
        return
    sql.execute_now(
        _SETTLE,
        {
            "entity_ids": [message.entity_id for message in messages],
            "parts": [message.part for message in messages],
            "versions": [message.version for message in messages],
        },
    )


def hand_over(messages: Sequence[Message]) -> None:
    """Give up this request's lease on messages that it could not apply, and wake the relay.

    Raises:
        Unavailable: PostgreSQL went away; the lease runs out by itself.
    """
    ids = [message.entity_id for message in messages]
    sql.execute_now(_HAND_OVER, {"entity_ids": ids, "channel": CHANNEL})


def claim(limit: int) -> list[Claimed]:
    """Lease due messages to this process: the newest of each part, which makes the older ones needless.

    The attempt is counted before it is made, so that a message that kills its relay runs out of attempts like one
    that fails. A message that was tried several times without an answer is a suspect and is claimed alone, so that no
    other message of its batch is parked with it. Mostly there is none, and one statement is all.
    """
    claimed = sql.rows(_CLAIM, _claim_parameters(limit, suspect=False))
    if not claimed and sql.scalar(_HAS_SUSPECTS, {"suspect_from": ATTEMPTS_UNTIL_SUSPECT}):
        sql.execute_now(_PARK_EXHAUSTED, {"max_attempts": ATTEMPTS_UNTIL_PARKED})
        claimed = sql.rows(_CLAIM, _claim_parameters(1, suspect=True))
    found = [Claimed(**{**row, "payload": bytes(row["payload"])}) for row in claimed]
    return sorted(found, key=lambda message: message.outbox_id)


def _claim_parameters(limit: int, *, suspect: bool) -> dict[str, Any]:
    return {
        "lease": RELAY_LEASE_SECONDS,
        "limit": limit,
        "suspect": suspect,
        "suspect_from": ATTEMPTS_UNTIL_SUSPECT,
    }


def release(outbox_ids: Sequence[int], *, seconds: float) -> None:
    """Give claimed messages back and take back their attempts: MongoDB was down, which says nothing about them."""
    sql.execute_now(_RELEASE, {"ids": list(outbox_ids), "seconds": seconds})


def postpone(outbox_id: int, error: str) -> None:
    """Back off from a message that MongoDB refuses; park it after its last attempt."""
    sql.execute_now(
        _POSTPONE,
        {
            "outbox_id": outbox_id,
            "error": error[:500],
            "longest": LONGEST_BACKOFF_SECONDS,
            "max_attempts": ATTEMPTS_UNTIL_PARKED,
        },
    )


# What is not `is_for_relay` is leased to the request for a moment, which applies it itself after COMMIT.
INSERT = f"""
    INSERT INTO outbox (entity_type, entity_id, part, version, payload, claimed_until)
    SELECT m.*,
           CASE WHEN m.part = '{CONTENT}' AND m.version > {FIRST_VERSION}
                THEN now() + make_interval(secs => :lease) ELSE '-infinity' END
    FROM unnest(
        CAST(:entity_types AS text[]),
        CAST(:entity_ids AS uuid[]),
        CAST(:parts AS text[]),
        CAST(:versions AS int[]),
        CAST(:payloads AS bytea[])
    ) AS m (entity_type, entity_id, part, version, payload)
"""

# The rows are locked in one order, so that two processes that settle the same ones can't deadlock.
_SETTLE = prepared(f"""
    WITH applied AS (
        SELECT *
        FROM unnest(CAST(:entity_ids AS uuid[]), CAST(:parts AS text[]), CAST(:versions AS int[]))
            AS applied (entity_id, part, version)
    ), held AS (
        SELECT o.outbox_id
        FROM outbox o
        JOIN applied a ON o.entity_id = a.entity_id AND o.part = a.part AND o.version <= a.version
        ORDER BY o.outbox_id
        FOR UPDATE OF o
    ), gone AS (
        DELETE FROM outbox
        WHERE outbox_id IN (SELECT outbox_id FROM held)
        RETURNING outbox_id, entity_type, entity_id, part, version, payload
    )
    INSERT INTO outbox_redo (outbox_id, entity_type, entity_id, part, version, payload)
    SELECT * FROM gone WHERE part = '{CONTENT}'
    ON CONFLICT DO NOTHING
""")

_HAND_OVER = text(f"""
    WITH freed AS (
        UPDATE outbox
        SET claimed_until = '-infinity'
        WHERE entity_id = ANY(CAST(:entity_ids AS uuid[])) AND part = '{CONTENT}' AND attempts = 0
    )
    SELECT pg_notify(:channel, '')
""")

_HAS_SUSPECTS = prepared("""
    SELECT EXISTS (
        SELECT
        FROM outbox
        WHERE parked_at IS NULL AND claimed_until <= now() AND attempts >= CAST(:suspect_from AS int)
    )
""")

_PARK_EXHAUSTED = text("""
    UPDATE outbox
    SET parked_at = now(),
        last_error = coalesce(last_error, 'every attempt ended its process')
    WHERE parked_at IS NULL AND claimed_until <= now() AND attempts >= :max_attempts
""")

# ANY(ARRAY(...)) and not IN: for a nearly empty table the planner may run an IN subquery once for every row, and so
# past its limit.
_CLAIM = prepared("""
    UPDATE outbox
    SET attempts = attempts + 1,
        claimed_until = now() + make_interval(secs => CAST(:lease AS int))
    WHERE outbox_id = ANY(ARRAY(
        SELECT o.outbox_id
        FROM outbox o
        WHERE o.claimed_until <= now()
          AND o.parked_at IS NULL
          AND (o.attempts >= CAST(:suspect_from AS int)) = CAST(:suspect AS boolean)
          AND NOT EXISTS (
              SELECT 1
              FROM outbox newer
              WHERE newer.entity_id = o.entity_id
                AND newer.part = o.part
                AND newer.version > o.version
                AND newer.parked_at IS NULL
          )
        ORDER BY o.outbox_id
        LIMIT CAST(:limit AS bigint)
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING outbox_id, attempts, entity_type, entity_id, part, version, payload
""")

_RELEASE = text("""
    UPDATE outbox
    SET attempts = greatest(attempts - 1, 0),
        claimed_until = now() + make_interval(secs => :seconds)
    WHERE outbox_id = ANY(:ids)
""")

_POSTPONE = text("""
    UPDATE outbox
    SET last_error = :error,
        claimed_until = now() + make_interval(secs => least(power(2, attempts), :longest)),
        parked_at = CASE WHEN attempts >= :max_attempts THEN now() END
    WHERE outbox_id = :outbox_id
""")
