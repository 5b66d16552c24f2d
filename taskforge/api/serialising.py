"""What services answer, as the attributes that the schemas of answers look for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from taskforge.accounts.service import ProfileView
from taskforge.api.schemas.base import as_instant, camel_case
from taskforge.comments.queries import CommentView
from taskforge.tasks.queries import TaskView

# Names in the stores that the API calls otherwise than by their camelCase.
RENAMED = {"due_at": "dueDate", "start_at": "startDate", "created_by": "creatorId"}
# Bookkeeping of the board that means nothing outside.
UNSHOWN = frozenset({"spread_ranks"})

Row = Mapping[str, Any]


def task(view: TaskView) -> dict[str, Any]:
    """A task with its texts, null while they can't be read."""
    texts = view.texts
    fields = ("description", "checklist", "attachments")
    return {
        **view.row,
        **{name: None if texts is None else texts[name] for name in fields},
        "custom_fields": None if texts is None else _as_object(texts["custom_fields"]),
        "syncing": view.syncing,
        "details_available": texts is not None,
    }


def comment(view: CommentView) -> dict[str, Any]:
    """A comment; content and mentions are null while they can't be read."""
    return {
        **view.row,
        "content": view.content,
        "mentioned_users": None if view.fields is None else view.fields["mentioned_users"],
        "details_available": view.fields is not None,
    }


def profile(view: ProfileView) -> dict[str, Any]:
    """A profile; what people say of themselves is null while it can't be read."""
    names = ("first_name", "last_name", "bio", "picture", "preferences")
    texts = dict.fromkeys(names) if view.texts is None else view.texts
    return {
        **view.row,
        **{name: texts[name] for name in names},
        "details_available": view.texts is not None,
    }


def boards(rows: Iterable[Row], columns: Sequence[Row]) -> list[dict[str, Any]]:
    """Boards with their columns."""
    found = []
    for row in rows:
        own = [column for column in columns if column["board_id"] == row["board_id"]]
        found.append({**row, "columns": own, "task_count": sum(one["task_count"] for one in own)})
    return found


def history_entry(row: Row) -> dict[str, Any]:
    """A fact of the audit log, its states in the words of the API."""
    states = ("previous_state", "new_state")
    return {**row, **{name: _state(row[name]) for name in states}}


def notification(row: Row) -> dict[str, Any]:
    """A line of the inbox."""
    return {**row, "payload": _state(row["payload"])}


def _as_object(custom_fields: Iterable[Row]) -> dict[str, Any]:
    return {field["k"]: field["v"] for field in custom_fields}


def _state(state: Row | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        RENAMED.get(name, camel_case(name)): _state_value(name, value)
        for name, value in state.items()
        if name not in UNSHOWN
    }


def _state_value(name: str, value: Any) -> Any:
    if name == "custom_fields":
        return _as_object(value or ())
    if name == "checklist":
        return [{camel_case(key): part for key, part in item.items()} for item in value or ()]
    if name.endswith("_at") and isinstance(value, str):
        return as_instant(datetime.fromisoformat(value))
    return value
