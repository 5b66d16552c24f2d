"""What an export holds: its sections, each read a page at a time. Everything is read as its person may see it now.

A section without an end to its length goes on from a cursor, the last thing that was read; it becomes several files. To
add one: a function here, a row in `SECTIONS`, and its description in docs/export.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from taskforge.accounts import picture_store
from taskforge.accounts import service as accounts
from taskforge.accounts.passkeys import list_passkeys
from taskforge.accounts.two_factor import get_two_factor
from taskforge.attachments.blob_keys import file_key
from taskforge.errors import StaleVersion, Unavailable
from taskforge.leaving import account_sections as account
from taskforge.leaving import section_queries as queries
from taskforge.leaving.section_pages import LINES_AT_ONCE, Page, Record, cursor, rows_after
from taskforge.stores import blobs, mongo, sql
from taskforge.stores.actor import Actor
from taskforge.stores.document_parts import CONTENT, part_of
from taskforge.stores.documents import VersionMoved, decode_content, read_contents
from taskforge.tasks.fields import EMPTY_CONTENT, FIELDS
from taskforge.tasks.row_columns import compose_row

UNREADABLE = "The texts can't be read right now."
PICTURE = "picture.webp"
TASKS_AT_ONCE = 25  # each may have a megabyte
COMMENTS_AT_ONCE = 50
FILES_AT_ONCE = 1
EVENTS_LOOKED_AT = 5000


@dataclass(frozen=True)
class Section:
    """A part of an export: the name of its files, how its pages are read, and whether progress is counted by it."""

    name: str
    read: Callable[[Actor, str | None], Page]
    is_counted: bool = False


def count_records(user_id: str) -> int:
    """About how many records the counted sections of an export have."""
    return int(sql.scalar(queries.COUNT_RECORDS, {"user_id": user_id}))


def _read_profile(actor: Actor, _after: str | None) -> Page:
    view = accounts.get_profile(actor)
    if view.texts is None:
        raise Unavailable(UNREADABLE)
    row, two_factor = view.row, get_two_factor(actor.user_id)
    account = {
        "userId": row["user_id"],
        "email": row["email"],
        "emailVerifiedAt": row["email_verified_at"],
        "createdAt": row["created_at"],
        "lastLogin": row["last_login"],
        "passwordChangedAt": row["password_changed_at"],
        "isSiteAdmin": row["is_site_admin"],
        "twoFactorSince": two_factor.enabled_at,
        "passkeys": [
            {
                "name": each["name"],
                "createdAt": each["created_at"],
                "lastUsedAt": each["last_used_at"],
            }
            for each in list_passkeys(actor.user_id)
        ],
    }
    return Page([{**account, "profile": view.texts}], files=_picture(actor, view.texts["picture"]))


def _picture(actor: Actor, name: str | None) -> Sequence[tuple[str, bytes]]:
    found = picture_store.find(actor.user_id, name, large=True) if name else None
    return () if found is None else ((PICTURE, found),)


def _read_teams(actor: Actor, after: str | None) -> Page:
    found = rows_after(queries.TEAMS_OF_PERSON, actor, after, LINES_AT_ONCE)
    records = [
        {
            "teamId": row["team_id"],
            "name": row["name"],
            "description": None if row["lacks_two_factor"] else row["description"],
            "role": row["role"],
            "joinedAt": row["joined_at"],
            "needsTwoFactor": row["lacks_two_factor"],
        }
        for row in found
    ]
    return Page(records, cursor(found, "team_id", LINES_AT_ONCE))


def _read_tasks(actor: Actor, after: str | None) -> Page:
    found = rows_after(queries.TASKS_OF_PERSON, actor, after, TASKS_AT_ONCE)
    contents = _contents("task", "task_id", found)
    records = [_task(compose_row(row), contents[row["task_id"]]) for row in found]
    return Page(records, cursor(found, "task_id", TASKS_AT_ONCE))


def _read_comments(actor: Actor, after: str | None) -> Page:
    found = rows_after(queries.COMMENTS_OF_PERSON, actor, after, COMMENTS_AT_ONCE)
    contents = _contents("comment", "comment_id", found)
    records = [
        {
            "commentId": row["comment_id"],
            "taskId": row["task_id"],
            "taskTitle": row["title"],
            "content": contents[row["comment_id"]]["content"],
            "createdAt": row["created_at"],
            "editedAt": row["edited_at"],
        }
        for row in found
    ]
    return Page(records, cursor(found, "comment_id", COMMENTS_AT_ONCE))


def _read_files(actor: Actor, after: str | None) -> Page:
    """One file, with its content: it may have 25 MB."""
    found = rows_after(queries.FILES_OF_PERSON, actor, after, FILES_AT_ONCE)
    records: list[Record] = []
    files: list[tuple[str, bytes]] = []
    for row in found:
        content = _content_of_file(row["attachment_id"])
        path = f"files/{row['attachment_id']}"
        if content is not None:
            files.append((path, content))
        records.append(
            {
                "attachmentId": row["attachment_id"],
                "taskId": row["task_id"],
                "taskTitle": row["title"],
                "commentId": row["comment_id"],
                "name": row["name"],
                "mimetype": row["mimetype"],
                "size": row["size"],
                "uploadedAt": row["uploaded_at"],
                "file": None if content is None else path,
            }
        )
    return Page(records, cursor(found, "attachment_id", FILES_AT_ONCE), files)


def _content_of_file(attachment_id: str) -> bytes | None:
    """The bytes of a file; None where they are lost.

    Raises:
        Unavailable: the blob store can't be asked.
    """
    try:
        return b"".join(blobs.store().read(file_key(attachment_id)))
    except blobs.BlobMissing:
        return None
    except blobs.BlobsUnavailable as error:
        raise Unavailable(UNREADABLE) from error


def _read_events(actor: Actor, after: str | None) -> Page:
    begin = int(after or 0)
    parameters = {"user_id": actor.user_id, "after": begin, "window": EVENTS_LOOKED_AT}
    found = sql.rows(queries.EVENTS_OF_PERSON, parameters)
    end = begin + EVENTS_LOOKED_AT
    is_last = end >= int(sql.scalar(queries.NEWEST_EVENT))
    return Page([_event(actor, row) for row in found], None if is_last else str(end))


SECTIONS = (
    Section("profile", _read_profile),
    Section("teams", _read_teams),
    Section("tasks", _read_tasks, is_counted=True),
    Section("comments", _read_comments, is_counted=True),
    Section("files", _read_files),
    Section("notifications", account.read_notifications),
    Section("watching", account.read_watching),
    Section("reminders", account.read_reminders),
    Section("views", account.read_views),
    Section("sessions", account.read_sessions),
    Section("logins", account.read_logins),
    Section("tokens", account.read_tokens),
    Section("events", _read_events),
)


def _task(row: Record, content: Record) -> Record:
    values = {**row, **EMPTY_CONTENT, **content}
    fields = {
        field.json_name: field.kind.plain(values[field.name])
        for field in FIELDS
        if field.name in values
    }
    return {
        "taskId": row["task_id"],
        "key": row["key"],
        "teamId": row["team_id"],
        "boardId": row["board_id"],
        "boardName": row["board_name"],
        "columnName": row["column_name"],
        "createdBy": row["created_by"],
        **fields,
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def _event(actor: Actor, row: Record) -> Record:
    """An event without the client of others, and with what changed only where that was the person's account."""
    is_own = row["actor_id"] == actor.user_id
    event = {
        "eventId": row["event_id"],
        "event": row["event"],
        "at": row["action_timestamp"],
        "entityType": row["entity_type"],
        "entityId": row["entity_id"],
        "byMe": is_own,
    }
    if is_own:
        event |= {"ipAddress": row["ip_address"], "userAgent": row["user_agent"]}
    if row["entity_type"] == "user" and row["entity_id"] == actor.user_id:
        event |= {"before": row["previous_state"], "after": row["new_state"]}
    return event


def _contents(entity_type: str, key: str, rows: Sequence[sql.Row]) -> dict[str, Record]:
    """The contents of entities at the versions of their rows. The cache is left to those who read pages.

    Raises:
        StaleVersion: one was changed after its row was read.
        Unavailable: no store that holds one can be asked.
    """
    part = part_of(entity_type, CONTENT)
    found: dict[str, Record] = {
        row[key]: decode_content(entity_type, row["pending_content"])
        for row in rows
        if row["pending_content"] is not None
    }
    versions = {row[key]: row["doc_version"] for row in rows if row[key] not in found}
    try:
        for entity_id, document in mongo.find(part, list(versions)).items():
            if document.get(part.counter) == versions[entity_id]:
                found[entity_id] = part.read(document)
        missing = {one: version for one, version in versions.items() if one not in found}
        return found | (read_contents(entity_type, missing) if missing else {})
    except VersionMoved as error:
        raise StaleVersion() from error
    except mongo.DocumentsUnavailable as error:
        raise Unavailable(UNREADABLE) from error
