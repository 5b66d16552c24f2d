"""Rows, documents and links of the audit chain, written in bulk: what the units of work of half a year would leave."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from taskforge.audit import chain
from taskforge.stores import mongo, sql
from taskforge.stores.document_parts import part_of
from taskforge.stores.outbox import Message

ROWS_AT_ONCE = 2000
DOCUMENTS_AT_ONCE = 500
# Each so many seconds a worker sealed what had happened.
SEALED_AFTER = timedelta(milliseconds=250)
Row = Mapping[str, Any]
Item = TypeVar("Item")

_LAST_LINK = text("SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1")
_EVENTS = text(f"""
    SELECT {", ".join(f"host({name}) AS {name}" if name == "ip_address" else name for name in chain.SEALED_FIELDS)}
    FROM   audit_logs
    WHERE  log_id > :after
    ORDER  BY log_id
    LIMIT  :page
""")
# Between two batches rows are made, which may take a while.
_PATIENTLY = text("SET LOCAL idle_in_transaction_session_timeout = 0")
_LAST_SEALED = text("SELECT coalesce(max(log_id), 0) FROM audit_chain")


def insert_rows(table: str, rows: Iterable[Row], *, null_states: bool = False) -> None:
    """Insert rows that all have the same columns; `null_states`: a state that is absent is JSON's null."""
    with sql.transaction() as connection:
        connection.execute(_PATIENTLY)
        for batch in _batches(rows, ROWS_AT_ONCE):
            _insert(connection, table, batch, null_states)


def insert_events(rows: Iterable[Row]) -> None:
    """Insert audit events in their order."""
    insert_rows("audit_logs", rows, null_states=True)


def update_rows(table: str, key: str, rows: Sequence[Row]) -> None:
    """Set columns of existing rows, which `key` names."""
    columns = [name for name in rows[0] if name != key]
    assignments = ", ".join(f"{name} = new.{name}" for name in columns)
    statement = text(f"""
        UPDATE {table} old
        SET    {assignments}
        FROM   jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb)) new
        WHERE  old.{key} = new.{key}
    """)
    with sql.transaction() as connection:
        connection.execute(statement, {"rows": json.dumps(rows, default=_plain)})


def insert_documents(messages: Iterable[Message]) -> None:
    """Insert the documents that these messages make: one for each entity, of all its parts."""
    by_collection: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for message in messages:
        part = part_of(message.entity_type, message.part)
        document = by_collection[part.collection].setdefault(message.entity_id, {})
        document |= {
            "_id": message.entity_id,
            **mongo.decode(message.payload),
            part.counter: message.version,
        }
    for name, documents in by_collection.items():
        for batch in _batches(documents.values(), DOCUMENTS_AT_ONCE):
            with mongo.asking():
                mongo.collection(name).insert_many(batch, ordered=False)


def seal(key: bytes) -> None:
    """Append a link for every audit event that has none, each soon after its event."""
    last = sql.row(_LAST_LINK)
    seq, previous = (last["seq"], bytes(last["hash"])) if last else (0, chain.GENESIS)
    after = int(sql.scalar(_LAST_SEALED))
    while page := sql.rows(_EVENTS, {"after": after, "page": ROWS_AT_ONCE}):
        links = []
        for event in page:
            seq += 1
            hashed = chain.link_hash(key, previous, event)
            links.append(
                {
                    "seq": seq,
                    "log_id": event["log_id"],
                    "prev_hash": previous,
                    "hash": hashed,
                    "sealed_at": event["action_timestamp"] + SEALED_AFTER,
                }
            )
            previous = hashed
        insert_rows("audit_chain", links)
        after = page[-1]["log_id"]


def _insert(connection: Connection, table: str, rows: Sequence[Row], null_states: bool) -> None:
    columns = ", ".join(rows[0])
    values = ", ".join(
        f"coalesce({name}, jsonb 'null')" if null_states and name.endswith("_state") else name
        for name in rows[0]
    )
    statement = text(f"""
        INSERT INTO {table} ({columns})
        SELECT {values}
        FROM   jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb))
    """)
    connection.execute(statement, {"rows": json.dumps(rows, default=_plain)})


def _plain(value: Any) -> Any:
    """What JSON does not have, as PostgreSQL reads it from a text."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
