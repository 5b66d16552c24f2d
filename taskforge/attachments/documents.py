"""The part ``files`` of the documents of tasks and comments: what is attached to them, copied from PostgreSQL.

Its source is the column ``files`` of the row of the task or comment, which repeats the rows of its live attachments, so
that a task is read with its files by one statement. The relay writes the part, like a mirror.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from taskforge.comments.documents import COMMENT_CONTENT
from taskforge.stores.document_parts import FILES, DocumentPart, PartField, part_of, register_part
from taskforge.stores.outbox import Message, encode_message
from taskforge.tasks.documents import FILES_COUNTER, TASK_CONTENT

Entry = Mapping[str, Any]

TASK, COMMENT = "task", "comment"
for _content in (TASK_CONTENT, COMMENT_CONTENT):
    register_part(
        DocumentPart(
            entity_type=_content.entity_type,
            name=FILES,
            collection=_content.collection,
            counter=FILES_COUNTER,
            table=_content.table,
            key=_content.key,
            version_column=FILES_COUNTER,
            fields=(PartField("attachments", default=[]),),
            absent_when_deleted=True,
        )
    )


def file_address(attachment_id: str) -> str:
    """The address of a file on this server."""
    return f"/api/attachments/{attachment_id}"


def list_entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `attachments` as the column ``files`` lists it, in plain JSON."""
    return {
        "attachment_id": row["attachment_id"],
        "name": row["name"],
        "url": file_address(row["attachment_id"]),
        "size": row["size"],
        "mimetype": row["mimetype"],
        "uploaded_at": row["uploaded_at"].isoformat(),
        "uploaded_by": row["uploaded_by"],
    }


def files_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the part, from a row of a task or a comment with its ``files``."""
    return {"attachments": [_as_document(entry) for entry in row["files"]]}


def files_message(
    entity_type: str, entity_id: str, version: int, entries: Sequence[Entry]
) -> Message:
    """The part of a task or comment at a version of its counter."""
    part = part_of(entity_type, FILES)
    return encode_message(part, entity_id, version, files_fields({"files": entries}))


def _as_document(entry: Entry) -> dict[str, Any]:
    return {**entry, "uploaded_at": datetime.fromisoformat(entry["uploaded_at"])}
