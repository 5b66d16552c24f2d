"""The outbox: what PostgreSQL has committed and MongoDB must still get."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from taskforge import faults
from taskforge.stores import mongo, sql
from taskforge.stores.document_parts import register_of

CHANNEL = "taskforge_outbox"
REQUEST_LEASE_SECONDS = 2
RELAY_LEASE_SECONDS = 10
ATTEMPTS_UNTIL_SUSPECT = 3
ATTEMPTS_UNTIL_PARKED = 12
LONGEST_BACKOFF_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Message:
    """One version of one register on its way to MongoDB."""

    entity_type: str
    entity_id: str
    register: str
    version: int
    payload: bytes

    @property
    def sha(self) -> bytes:
        """SHA-256 of the payload, kept in the reference row for the doctor."""
        return hashlib.sha256(self.payload).digest()


@dataclass(frozen=True, kw_only=True)
class Claimed(Message):
    """A message that this process has leased; `attempts` counts this attempt."""

    outbox_id: int
    attempts: int


def encode_message(
    entity_type: str, entity_id: str, register: str, version: int, fields: dict[str, Any]
) -> Message:
    """A register at a version; `fields` are all of its own, in its order."""
    return Message(
        entity_type=entity_type,
        entity_id=entity_id,
        register=register,
        version=version,
        payload=mongo.encode(fields),
    )


def insert(connection: Connection, messages: Sequence[Message]) -> None:
    """Put messages into the outbox, in the transaction of the change.

    A text register is leased to the request for a moment, since it applies the message itself after COMMIT.
    """
    connection.execute(
        text(
            "INSERT INTO outbox (entity_type, entity_id, register, version, payload, claimed_until) VALUES"
            " (:entity_type, :entity_id, :register, :version, :payload,"
            " CASE WHEN :register = 'text' THEN now() + make_interval(secs => :lease) ELSE '-infinity' END)"
        ),
        [{**message.__dict__, "lease": REQUEST_LEASE_SECONDS} for message in messages],
    )


def apply(message: Message) -> None:
    """Bring MongoDB to a message's version and take it (and older ones) out of the outbox.

    Raises:
        DocumentsUnavailable: MongoDB did not confirm; the message stays.
        Unavailable: PostgreSQL went away; the message stays and will be applied again, harmlessly.
    """
    faults.point("apply.before")
    mongo.apply(
        register_of(message.entity_type, message.register),
        message.entity_id,
        message.version,
        message.payload,
    )
    faults.point("apply.after")
    faults.point("outbox.before_delete")
    settle([message])
    faults.point("outbox.deleted")


def settle(messages: Sequence[Message]) -> None:
    """Remove applied messages and all older ones of their registers; text payloads go to the redo log."""
    if not messages:
        return
    sql.execute_now(
        text(
            "WITH applied AS (SELECT * FROM unnest(CAST(:entity_ids AS uuid[]), CAST(:registers AS text[]),"
            " CAST(:versions AS int[])) AS applied (entity_id, register, version)),"
            # Locked in one order, so that two processes that settle the same rows can't deadlock.
            " held AS (SELECT o.outbox_id FROM outbox o JOIN applied a ON o.entity_id = a.entity_id"
            " AND o.register = a.register AND o.version <= a.version ORDER BY o.outbox_id FOR UPDATE OF o),"
            " gone AS (DELETE FROM outbox WHERE outbox_id IN (SELECT outbox_id FROM held)"
            " RETURNING outbox_id, entity_type, entity_id, register, version, payload)"
            " INSERT INTO outbox_redo (outbox_id, entity_type, entity_id, register, version, payload)"
            " SELECT * FROM gone WHERE register = 'text' ON CONFLICT DO NOTHING"
        ),
        {
            "entity_ids": [message.entity_id for message in messages],
            "registers": [message.register for message in messages],
            "versions": [message.version for message in messages],
        },
    )


def hand_over(messages: Sequence[Message]) -> None:
    """Give up this request's lease on messages that it could not apply, and wake the relay.

    Raises:
        Unavailable: PostgreSQL went away; the lease runs out by itself.
    """
    sql.execute_now(
        text(
            "WITH freed AS (UPDATE outbox SET claimed_until = '-infinity'"
            " WHERE entity_id = ANY(CAST(:entity_ids AS uuid[])) AND register = 'text' AND attempts = 0)"
            " SELECT pg_notify(:channel, '')"
        ),
        {"entity_ids": [message.entity_id for message in messages], "channel": CHANNEL},
    )


def claim(limit: int) -> list[Claimed]:
    """Lease due messages to this process: of each register the newest, which makes the older ones needless.

    The attempt is counted before it is made, so that a message that kills its relay runs out of attempts like one
    that fails. One that was tried before without an answer is a suspect and comes alone: what shares a batch with
    it must not be parked with it.
    """
    with sql.transaction() as connection:
        connection.execute(_PARK_EXHAUSTED, {"most": ATTEMPTS_UNTIL_PARKED})
        for suspect, most in ((False, limit), (True, 1)):
            claimed = connection.execute(
                _CLAIM,
                {
                    "lease": RELAY_LEASE_SECONDS,
                    "limit": most,
                    "suspect": suspect,
                    "trusted": ATTEMPTS_UNTIL_SUSPECT,
                },
            )
            found = [
                Claimed(**{**row, "payload": bytes(row["payload"])}) for row in claimed.mappings()
            ]
            if found:
                return sorted(found, key=lambda message: message.outbox_id)
    return []


_PARK_EXHAUSTED = text(
    "UPDATE outbox SET parked_at = now(), last_error = coalesce(last_error, 'every attempt ended its process')"
    " WHERE parked_at IS NULL AND claimed_until <= now() AND attempts >= :most"
)
# An array, not IN: a plan for a nearly empty table may run a subquery once for every row, and so past its limit.
_CLAIM = text(
    "UPDATE outbox SET attempts = attempts + 1, claimed_until = now() + make_interval(secs => :lease)"
    " WHERE outbox_id = ANY(ARRAY(SELECT o.outbox_id FROM outbox o"
    " WHERE o.claimed_until <= now() AND o.parked_at IS NULL AND (o.attempts >= :trusted) = :suspect"
    " AND NOT EXISTS (SELECT 1 FROM outbox newer WHERE newer.entity_id = o.entity_id"
    " AND newer.register = o.register AND newer.version > o.version AND newer.parked_at IS NULL)"
    " ORDER BY o.outbox_id LIMIT :limit FOR UPDATE SKIP LOCKED))"
    " RETURNING outbox_id, attempts, entity_type, entity_id, register, version, payload"
)


def release(outbox_ids: Sequence[int], *, seconds: float) -> None:
    """Give claimed messages back uncounted: the server was down, which says nothing about them."""
    sql.execute_now(
        text(
            "UPDATE outbox SET attempts = greatest(attempts - 1, 0),"
            " claimed_until = now() + make_interval(secs => :seconds) WHERE outbox_id = ANY(:ids)"
        ),
        {"ids": list(outbox_ids), "seconds": seconds},
    )


def postpone(outbox_id: int, error: str) -> None:
    """Back off from a message that MongoDB refuses, and park it when it has had its attempts."""
    sql.execute_now(
        text(
            "UPDATE outbox SET last_error = :error,"
            " claimed_until = now() + make_interval(secs => least(power(2, attempts), :longest)),"
            " parked_at = CASE WHEN attempts >= :most THEN now() END WHERE outbox_id = :outbox_id"
        ),
        {
            "outbox_id": outbox_id,
            "error": error[:500],
            "longest": LONGEST_BACKOFF_SECONDS,
            "most": ATTEMPTS_UNTIL_PARKED,
        },
    )
