"""The registers: groups of document fields, each with one owner, one counter and one place in MongoDB.

A document may have two. The *text* register holds what people write and is owned by MongoDB; the *core* register
is a copy of what PostgreSQL owns, so that a document is complete on its own. Each is applied by setting its own
fields only, guarded by its own counter, so that neither can carry the other backwards.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Register:
    """Where a register lives: MongoDB collection, counter and fields; PostgreSQL table, key and counter column.

    The order of ``fields`` is the order in which a payload is encoded, so that its hash can be taken again.
    """

    entity_type: str
    name: str
    collection: str
    counter: str
    table: str
    key: str
    version_column: str
    fields: tuple[str, ...]


TEXT = "text"
CORE = "core"
# How long a purged document's tombstone stays (MongoDB removes it by its TTL index): far longer than any
# delayed write to it can be under way, so nothing can bring the document back.
TOMBSTONE_SECONDS = 30 * 86400

TASK_TEXT = ("description", "tags", "attachments", "custom_fields", "checklist")
TASK_CORE = (
    "title", "status", "priority", "assignee_id", "creator_id", "team_id", "board_id", "column_id",
    "start_at", "due_at", "metadata", "deleted",
)  # fmt: skip
COMMENT_TEXT = (
    "task_id", "author_id", "content", "attachments", "mentioned_users", "created", "edited", "last_edited_at",
    "deleted",
)  # fmt: skip
PROFILE_TEXT = ("first_name", "last_name", "picture", "bio", "preferences")
PROFILE_CORE = ("email", "metadata")

REGISTERS = {
    (register.entity_type, register.name): register
    for register in (
        Register(
            entity_type="task",
            name=TEXT,
            collection="tasks",
            counter="doc_version",
            table="tasks",
            key="task_id",
            version_column="doc_version",
            fields=TASK_TEXT,
        ),
        Register(
            entity_type="task",
            name=CORE,
            collection="tasks",
            counter="core_version",
            table="tasks",
            key="task_id",
            version_column="version",
            fields=TASK_CORE,
        ),
        Register(
            entity_type="comment",
            name=TEXT,
            collection="comments",
            counter="doc_version",
            table="comments",
            key="comment_id",
            version_column="version",
            fields=COMMENT_TEXT,
        ),
        Register(
            entity_type="user",
            name=TEXT,
            collection="profiles",
            counter="doc_version",
            table="users",
            key="user_id",
            version_column="doc_version",
            fields=PROFILE_TEXT,
        ),
        Register(
            entity_type="user",
            name=CORE,
            collection="profiles",
            counter="core_version",
            table="users",
            key="user_id",
            version_column="core_version",
            fields=PROFILE_CORE,
        ),
    )
}


def register_of(entity_type: str, name: str) -> Register:
    """The register of an entity type by its name ("text" or "core").

    Raises:
        KeyError: when there is no such register.
    """
    return REGISTERS[entity_type, name]
