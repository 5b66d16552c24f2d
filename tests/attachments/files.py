"""Files as people send them, and what the stores hold of them."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from sqlalchemy import text

from taskforge.attachments.blob_keys import file_key
from taskforge.attachments.service import attach_to_task
from taskforge.ids import new_id
from taskforge.sent_file import SentFile
from taskforge.stores import blobs, sql
from taskforge.stores.actor import Actor

HELLO = b"Hello, world.\n"


def sent(content: bytes = HELLO, name: str = "notes.txt", *, size: int | None = None) -> SentFile:
    """A file with a name, of so many bytes as it says."""
    return SentFile(name, BytesIO(content), len(content) if size is None else size)


def attach(actor: Actor, task_id: str, content: bytes = HELLO, name: str = "notes.txt") -> str:
    """Attach a file to a task; its id."""
    return attach_to_task(actor, task_id, sent(content, name)).entity_id


def with_operation(actor: Actor) -> Actor:
    """The same person, with an operation of their own."""
    return Actor(user_id=actor.user_id, op_id=new_id(), op_fingerprint=b"same")


def stored_keys() -> list[str]:
    """The keys of all blobs."""
    return [key for key, _ in blobs.store().list_keys("", 1000)]


def stored_bytes(attachment_id: str) -> bytes:
    """The bytes of a file."""
    return b"".join(blobs.store().read(file_key(attachment_id)))


def digest(content: bytes) -> bytes:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(content).digest()


def names(files: Any) -> list[str]:
    """The names in a list of files."""
    return [file["name"] for file in files]


def rows(statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
    """What PostgreSQL answers."""
    return [dict(row) for row in sql.rows(text(statement), parameters)]


def row_of(attachment_id: str) -> dict[str, Any]:
    """The row of a file."""
    [row] = rows("SELECT * FROM attachments WHERE attachment_id = :id", id=attachment_id)
    return row
