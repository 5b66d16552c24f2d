"""The task document in MongoDB, and its two parts as outbox messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FloatField,
    IntField,
    ListField,
    StringField,
    ValidationError,
)

from taskforge.errors import InvalidInput, TooLarge
from taskforge.stores.document_parts import (
    CONTENT,
    MIRROR,
    TOMBSTONE_SECONDS,
    DocumentPart,
    PartField,
    first_schema,
    part_of,
    register_part,
)
from taskforge.stores.outbox import Message, encode_message
from taskforge.tasks import field_kinds as kinds
from taskforge.tasks.fields import EMPTY_CONTENT, FIELDS, MIRRORED_FIELDS
from taskforge.tasks.moment_kind import Moment
from taskforge.tasks.number_kind import Number
from taskforge.tasks.row_columns import compose_row, mirrored_fields
from taskforge.tasks.task_field import Store
from taskforge.text.validation import MAX_TAG_LENGTH

MAX_DOCUMENT_BYTES = 1_000_000
MAX_CHECKLIST_ITEMS = 100
MAX_ITEM_TEXT = 500

FILES_COUNTER = "files_version"
_DOCUMENT: dict[str, Any] = {
    "entity_type": "task",
    "collection": "tasks",
    "table": "tasks",
    "key": "task_id",
}
# What people write, owned by MongoDB.
TASK_CONTENT = register_part(
    DocumentPart(
        **_DOCUMENT,
        name=CONTENT,
        counter="doc_version",
        version_column="doc_version",
        # The files have a part of their own; the content had their list, which was always empty.
        fields=tuple(
            PartField(field.name, field.since, field.kind.empty)
            if field.is_content
            else PartField(field.name, default=[], until=2, left_for=FILES_COUNTER)
            for field in FIELDS
            if field.is_content or field.store is Store.FILES
        ),
    )
)
# The mirror of the first schema version: the order is part of the bytes that its hash is made of.
FIRST_MIRROR = (
    "title", "status", "priority", "assignee_id", "creator_id", "team_id", "board_id", "column_id",
    "start_at", "due_at", "metadata", "deleted",
)  # fmt: skip
# Its later fields, by the schema version that added them.
LATER_MIRROR = sorted(
    (
        PartField(name, since, field.kind.empty)
        for field in MIRRORED_FIELDS
        for name, since in {field.name: field.since, **field.kind.flags(field.name)}.items()
        if name not in FIRST_MIRROR
    ),
    key=lambda part_field: part_field.since,
)
# A copy of the reference row.
TASK_MIRROR = register_part(
    DocumentPart(
        **_DOCUMENT,
        name=MIRROR,
        counter="core_version",
        version_column="version",
        fields=(
            *first_schema(*FIRST_MIRROR),
            *LATER_MIRROR,
        ),
    )
)


class Attachment(EmbeddedDocument):
    """A file that belongs to a task or a comment: where it is, what it is, who added it when."""

    attachment_id = StringField(required=True)
    name = StringField(required=True, max_length=255)
    url = StringField(required=True, max_length=2000)
    size = IntField(required=True, min_value=0)
    mimetype = StringField(required=True, max_length=100)
    uploaded_at = DateTimeField(required=True)
    uploaded_by = StringField(required=True)


class CustomField(EmbeddedDocument):
    """One typed custom field: a list of these instead of a mapping keeps user input out of key names."""

    k = StringField(required=True, regex=r"^[a-z][a-z0-9_]{0,31}$")
    v = DynamicField()


class ChecklistItem(EmbeddedDocument):
    """One line of a checklist."""

    item_id = StringField(required=True)
    text = StringField(required=True, max_length=MAX_ITEM_TEXT)
    done = BooleanField(required=True)


class Metadata(EmbeddedDocument):
    """When the task was created and last changed (a copy of the reference row)."""

    created = DateTimeField(required=True)
    updated = DateTimeField(required=True)


# The type of each kind of field in a document.
DOCUMENT_FIELDS: Mapping[type[kinds.Kind], Callable[[], Any]] = {
    kinds.Line: StringField,
    kinds.LongText: lambda: StringField(default=""),
    kinds.Choice: StringField,
    kinds.Person: StringField,
    kinds.Cover: StringField,
    kinds.BoardColumn: StringField,
    Moment: DateTimeField,
    Number: FloatField,
    kinds.Tags: lambda: ListField(StringField(max_length=MAX_TAG_LENGTH)),
    kinds.CustomFields: lambda: EmbeddedDocumentListField(CustomField),
    kinds.Checklist: lambda: EmbeddedDocumentListField(ChecklistItem),
    kinds.Files: lambda: EmbeddedDocumentListField(Attachment),
}
_Declared: Any = type(
    "_Declared",
    (),
    {field.name: DOCUMENT_FIELDS[type(field.kind)]() for field in FIELDS}
    | {flag: BooleanField() for field in FIELDS for flag in field.kind.flags(field.name)},
)


class TaskDocument(_Declared, Document):
    """A whole task: the content that MongoDB owns and a mirror of the row that PostgreSQL owns."""

    task_id = StringField(primary_key=True)
    doc_version = IntField()
    content_schema = IntField()

    creator_id = StringField()
    team_id = StringField()
    board_id = StringField()
    metadata = EmbeddedDocumentField(Metadata)
    deleted = BooleanField()
    purged_at = DateTimeField()
    core_version = IntField()
    mirror_schema = IntField()
    files_version = IntField()

    meta = {
        "collection": "tasks",
        "auto_create_index": False,
        "indexes": [{"fields": ["purged_at"], "expireAfterSeconds": TOMBSTONE_SECONDS}],
    }


def content_message(task_id: str, version: int, fields: Mapping[str, Any]) -> Message:
    """The content of a task at a version, checked and encoded, so that applying it can't fail for what it holds.

    Raises:
        InvalidInput: a field does not have its shape.
        TooLarge: all texts together exceed 1 MB.
    """
    part = part_of("task", CONTENT)
    if fields == EMPTY_CONTENT:
        return Message(
            entity_type="task",
            entity_id=task_id,
            part=CONTENT,
            version=version,
            payload=_empty_payload(),
        )
    document = TaskDocument(task_id=task_id, **{name: fields[name] for name in part.names})
    try:
        document.validate()
    except ValidationError as error:
        raise InvalidInput(
            fields={name: str(why) for name, why in error.to_dict().items()}
        ) from error
    # MongoEngine leaves null values out; null is a value that a custom field may have.
    stored = document.to_mongo() | {"custom_fields": [dict(one) for one in fields["custom_fields"]]}
    message = encode_message(part, task_id, version, part.defaults() | stored)
    if len(message.payload) > MAX_DOCUMENT_BYTES:
        raise TooLarge(
            "This task's texts together are larger than 1 MB. Shorten the description or a field."
        )
    return message


@cache
def _empty_payload() -> bytes:
    """The content of a card that is only a title, as most new ones are: making it anew is 6 % of creating a card."""
    part = part_of("task", CONTENT)
    return encode_message(part, "", 1, EMPTY_CONTENT).payload


def mirror_message(row: Mapping[str, Any]) -> Message:
    """The mirror of a reference row of `tasks`, at the row's version."""
    part = part_of("task", MIRROR)
    return encode_message(part, row["task_id"], row["version"], mirror_fields(row))


def mirror_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the mirror as a reference row gives them, composed or as PostgreSQL answers it."""
    values = compose_row(row)
    derived = {
        **mirrored_fields(values),
        "creator_id": row["created_by"],
        "metadata": {"created": row["created_at"], "updated": row["updated_at"]},
        "deleted": row["deleted_at"] is not None,
    }
    return {
        name: derived[name] if name in derived else row[name]
        for name in part_of("task", MIRROR).names
    }


def tombstone_messages(row: Mapping[str, Any], at: datetime) -> list[Message]:
    """What takes the place of a purged task's document: both parts, one version on and empty."""
    part = part_of("task", MIRROR)
    mirror = {**dict.fromkeys(part.names), "deleted": True}
    return [
        content_message(
            row["task_id"], row["doc_version"] + 1, part_of("task", CONTENT).defaults()
        ),
        encode_message(part, row["task_id"], row["version"] + 1, mirror, extra={"purged_at": at}),
    ]
