"""The comment document in MongoDB: one register, one document for each comment."""

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

from taskforge.stores.document_parts import COMMENT_TEXT, TEXT, TOMBSTONE_SECONDS
from taskforge.stores.outbox import Message, encode_message
from taskforge.tasks.documents import Attachment

MAX_CONTENT_LENGTH = 20_000


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

    meta = {
        "collection": "comments",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["task_id", "created"]},
            {"fields": ["mentioned_users"]},
            {"fields": ["purged_at"], "expireAfterSeconds": TOMBSTONE_SECONDS},
        ],
    }


def new_comment(
    task_id: str, author_id: str, content: str, mentioned: list[str], at: datetime
) -> dict[str, Any]:
    """The fields of a comment that is written now."""
    return {
        "task_id": task_id,
        "author_id": author_id,
        "content": content,
        "attachments": [],
        "mentioned_users": mentioned,
        "created": at,
        "edited": False,
        "last_edited_at": None,
        "deleted": False,
    }


def text_message(comment_id: str, version: int, fields: Mapping[str, Any]) -> Message:
    """The whole comment at a version, checked and encoded.

    Raises:
        mongoengine.ValidationError: the caller passed a field of the wrong shape.
    """
    document = CommentDocument(
        comment_id=comment_id, **{name: fields[name] for name in COMMENT_TEXT}
    )
    document.validate()
    stored = document.to_mongo()
    empty: dict[str, Any] = {"attachments": [], "mentioned_users": []}
    text = {name: stored.get(name, empty.get(name)) for name in COMMENT_TEXT}
    return encode_message("comment", comment_id, TEXT, version, text)


def tombstone_message(comment_id: str, version: int, at: datetime) -> Message:
    """What takes the place of a purged comment's document: a version without content or people."""
    fields = {**dict.fromkeys(COMMENT_TEXT), "content": "", "deleted": True, "purged_at": at}
    return encode_message("comment", comment_id, TEXT, version, fields)
