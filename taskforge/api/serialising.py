"""Results of services, with the attributes that the schemas of answers read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from taskforge.accounts.notification_preferences import spread
from taskforge.accounts.service import ProfileView
from taskforge.api.field_schemas import json_name, json_value, whole_fields
from taskforge.attachments.content_types import DRAWN
from taskforge.attachments.documents import file_address
from taskforge.boards.person_access import PersonView, last_active, local_time
from taskforge.comments.queries import CommentView
from taskforge.search.queries import Hit
from taskforge.stores.actor import BY_PROGRAM
from taskforge.tasks.queries import TaskView
from taskforge.text.people import Person

CREATOR = {
    "created_by": "creatorId"
}  # the one name of the log that is neither declared nor in camelCase
# Internal notes of a change, which the API leaves out.
UNSHOWN = frozenset({"spread_ranks", BY_PROGRAM})

Row = Mapping[str, Any]


def task(view: TaskView) -> dict[str, Any]:
    """A task with its texts, null while they can't be read."""
    texts = view.texts
    return {
        **view.row,
        **{
            field.name: None if texts is None else texts[field.name]
            for field in whole_fields()
            if field.is_content
        },
        "attachments": [attachment(file) for file in view.row["attachments"]],
        "syncing": view.syncing,
        "details_available": texts is not None,
    }


def attachment(file: Row) -> dict[str, Any]:
    """A file of a task or comment, as a list of them or its own row has it."""
    attachment_id, uploaded_at = file["attachment_id"], file["uploaded_at"]
    has_thumbnail = file["mimetype"] in DRAWN
    return {
        **file,
        "uploaded_at": datetime.fromisoformat(uploaded_at)
        if isinstance(uploaded_at, str)
        else uploaded_at,
        "url": file_address(attachment_id),
        "thumbnail_url": f"{file_address(attachment_id)}/thumbnail" if has_thumbnail else None,
    }


def comment(view: CommentView) -> dict[str, Any]:
    """A comment; content and mentions are null while they can't be read, and a deleted one has no files."""
    files = [] if view.row["deleted_at"] is not None else view.row["attachments"]
    return {
        **view.row,
        "attachments": [attachment(file) for file in files],
        "content": view.content,
        "mentioned_users": None if view.fields is None else view.fields["mentioned_users"],
        "details_available": view.fields is not None,
    }


def profile(view: ProfileView) -> dict[str, Any]:
    """A profile; its texts are null while they can't be read."""
    names = ("first_name", "last_name", "bio", "preferences")
    texts: dict[str, Any] = dict.fromkeys(names)
    if view.texts is not None:
        texts = {name: view.texts[name] for name in names}
        stored = texts["preferences"]
        texts["preferences"] = {**stored, "notifications": spread(stored["notifications"])}
    return {
        **view.row,
        **texts,
        "picture": Person(
            view.row["user_id"], view.row["display_name"], picture=view.row["picture"]
        ).picture_address,
        "details_available": view.texts is not None,
    }


def person(view: PersonView, *, is_online: bool) -> dict[str, Any]:
    """A person as others see them, without what they share and do."""
    local = local_time(view.time_zone)
    return {
        "user_id": view.person.user_id,
        "display_name": view.person.display_name,
        "picture": view.person.picture_address,
        "bio": view.bio,
        "time_zone": view.time_zone,
        "local_time": None if local is None else local.isoformat(timespec="minutes"),
        "last_active": last_active(view.last_seen_at, is_online=is_online),
        "created_at": view.created_at,
    }


def boards(rows: Iterable[Row], columns: Sequence[Row]) -> list[dict[str, Any]]:
    """Boards with their columns."""
    found = []
    for row in rows:
        own = [column for column in columns if column["board_id"] == row["board_id"]]
        found.append({**row, "columns": own, "task_count": sum(one["task_count"] for one in own)})
    return found


def history_entry(row: Row) -> dict[str, Any]:
    """An audit event, its states with the names of the API."""
    states = ("previous_state", "new_state")
    token = (row["new_state"] or {}).get(BY_PROGRAM)
    return {**row, **{name: _state(row[name]) for name in states}, "token": token}


def notification(row: Row) -> dict[str, Any]:
    """A line of the inbox; a person whom it is about has the name of today."""
    person = {"person": row["person_name"]} if "person_id" in row["payload"] else {}
    return {**row, "payload": _state({**row["payload"], **person})}


def _state(state: Row | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        CREATOR.get(name, json_name(name)): json_value(name, value)
        for name, value in state.items()
        if name not in UNSHOWN
    }


def search_result(hit: Hit) -> dict[str, Any]:
    """Something that a search has found."""
    row = hit.row
    return {
        **row,
        "type": hit.kind,
        "id": row["entity_id"],
        "title": hit.title.text,
        "title_marks": hit.title.marks,
        "snippet": hit.snippet.text,
        "marks": hit.snippet.marks,
        "url": hit.address,
        "person_id": row["user_id"],
    }
