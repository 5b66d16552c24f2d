"""The comment document in MongoDB: one part, one document for each comment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from taskforge.stores.document_parts import (
    CONTENT,
    TOMBSTONE_SECONDS,
    DocumentPart,
    PartField,
    part_of,
    register_part,
)
from taskforge.stores.outbox import Message, encode_message
from taskforge.tasks.documents import FILES_COUNTER, Attachment

MAX_CONTENT_LENGTH = 20_000
COMMENT_CONTENT = register_part(
    DocumentPart(
        entity_type="comment",
        name=CONTENT,
        collection="comments",
        counter="doc_version",
        table="comments",
        key="comment_id",
        version_column="version",
        fields=(
            PartField("task_id"),
            PartField("author_id"),
            PartField("content"),
            PartField("attachments", default=[], until=2, left_for=FILES_COUNTER),
            PartField("mentioned_users", default=[]),
            PartField("created"),
            PartField("edited"),
            PartField("last_edited_at"),
            PartField("deleted"),
        ),
        absent_when_deleted=True,
    )
)


class CommentDocument(Document):
    """What somebody said about a task, in Markdown. A deleted comment keeps its place without its content."""

    comment_id = StringField(primary_key=True)
    task_id = StringField(required=True)
    author_id = StringField(required=True)
    content = StringField(max_length=MAX_CONTENT_LENGTH)
    attachments = EmbeddedDocumentListField(Attachment)
    mentioned_users = ListField(StringField())
    created = DateTimeField(required=True)
    edited = BooleanField(required=True)
    last_edited_at = DateTimeField()
    deleted = BooleanField(required=True)
    purged_at = DateTimeField()
    doc_version = IntField()
    content_schema = IntField()
    files_version = IntField()

    meta = {
        "collection": "comments",
        "auto_create_index": False,
        "indexes": [{"fields": ["purged_at"], "expireAfterSeconds": TOMBSTONE_SECONDS}],
    }


def new_comment(
    task_id: str, author_id: str, content: str, mentioned: list[str], at: datetime
) -> dict[str, Any]:
    """The fields of a comment that is written now."""
    return {
        "task_id": task_id,
        "author_id": author_id,
        "content": content,
        "mentioned_users": mentioned,
        "created": at,
        "edited": False,
        "last_edited_at": None,
        "deleted": False,
    }


def content_message(comment_id: str, version: int, fields: Mapping[str, Any]) -> Message:
    """The whole comment at a version, checked and encoded.

    Raises:
        mongoengine.ValidationError: the caller passed a field of the wrong shape.
    """
    part = part_of("comment", CONTENT)
    document = CommentDocument(comment_id=comment_id, **{name: fields[name] for name in part.names})
    document.validate()
    return encode_message(part, comment_id, version, part.defaults() | document.to_mongo())


def tombstone_message(comment_id: str, version: int, at: datetime) -> Message:
    """What takes the place of a purged comment's document: a version without content or people."""
    part = part_of("comment", CONTENT)
    fields = {**dict.fromkeys(part.names), "content": "", "deleted": True}
    return encode_message(part, comment_id, version, fields, extra={"purged_at": at})
