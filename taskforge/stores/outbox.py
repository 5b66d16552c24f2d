"""The outbox: what PostgreSQL has committed and MongoDB must still get."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, select, text

from taskforge import faults
from taskforge.stores import mongo, sql
from taskforge.stores.models import OutboxMessage
from taskforge.stores.registers import TEXT, register_of

REQUEST_LEASE_SECONDS = 2
RELAY_LEASE_SECONDS = 10
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
    settle(message)
    faults.point("outbox.deleted")


def settle(message: Message) -> None:
    """Remove an applied message and all older ones of its register; text payloads go to the redo log."""
    sql.execute_now(
        text(
            "WITH gone AS (DELETE FROM outbox WHERE entity_id = :entity_id AND register = :register"
            " AND version <= :version RETURNING outbox_id, entity_type, entity_id, register, version, payload)"
            " INSERT INTO outbox_redo (outbox_id, entity_type, entity_id, register, version, payload)"
            " SELECT * FROM gone WHERE register = 'text' ON CONFLICT DO NOTHING"
        ),
        {"entity_id": message.entity_id, "register": message.register, "version": message.version},
    )


def pending_payload(entity_id: ColumnElement[str], register: str = TEXT) -> ScalarSelect[bytes]:
    """A scalar subquery: the newest pending payload of an entity's register, or NULL. For overlay reads."""
    return (
        select(OutboxMessage.payload)
        .where(OutboxMessage.entity_id == entity_id, OutboxMessage.register == register)
        .order_by(OutboxMessage.version.desc())
        .limit(1)
        .scalar_subquery()
    )


def claim(limit: int = 100) -> list[dict[str, Any]]:
    """Lease due messages to this process; the attempt is counted before it is made.

    A message that kills its relay therefore runs out of attempts like one that fails.
    """
    with sql.transaction() as connection:
        claimed = connection.execute(
            text(
                "UPDATE outbox SET attempts = attempts + 1,"
                " claimed_until = now() + make_interval(secs => :lease)"
                " WHERE outbox_id IN (SELECT outbox_id FROM outbox WHERE claimed_until <= now()"
                " AND parked_at IS NULL ORDER BY outbox_id LIMIT :limit FOR UPDATE SKIP LOCKED)"
                " RETURNING outbox_id, entity_type, entity_id, register, version, payload, attempts"
            ),
            {"lease": RELAY_LEASE_SECONDS, "limit": limit},
        )
        return [dict(message) for message in claimed.mappings()]


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


def pending(entity_ids: Sequence[str], register: str = TEXT) -> dict[str, bytes]:
    """The newest pending payload of each of these entities, by id."""
    found = sql.rows(
        text(
            "SELECT DISTINCT ON (entity_id) entity_id, payload FROM outbox"
            " WHERE entity_id = ANY(CAST(:ids AS uuid[])) AND register = :register ORDER BY entity_id, version DESC"
        ),
        {"ids": list(entity_ids), "register": register},
    )
    return {found_row["entity_id"]: bytes(found_row["payload"]) for found_row in found}
