"""The fields of a task that have a small form of their own, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from taskforge import clock
from taskforge.errors import NotFound
from taskforge.http.forms import Form
from taskforge.stores import sql
from taskforge.text.people import person_of
from taskforge.web.tasks.forms import EditTaskForm, MoveTaskForm, form_text


@dataclass(frozen=True)
class Field:
    """A field with its own address: `name` stands there, `stored` is what a change of the task calls it.

    ``control`` is what it is edited with: line, text, choice, day or words. ``form`` holds its rules, under `stored`.
    """

    name: str
    stored: str
    label: str
    control: str
    form: type[Form] = EditTaskForm
    permission: str = "task.edit"

    def read(self, sent: Mapping[str, str], version: int) -> Form:
        """The form of this field alone, as the request filled it in; without a version it means `version`."""
        value = sent["pick"] if "pick" in sent else sent.get("value", "")
        named = sent.get("version") or str(version)
        return self.form(formdata=MultiDict([(self.stored, value), ("version", named)]))

    def text_of(self, state: Mapping[str, Any]) -> str:
        """What the control holds when a task is in this state."""
        return form_text(self.stored, state[self.stored])


FIELDS = {
    field.name: field
    for field in (
        Field("title", "title", "Title", "line"),
        Field("description", "description", "Description", "text"),
        Field("column", "column_id", "Column", "choice", MoveTaskForm, "task.move"),
        Field("status", "status", "Status", "choice"),
        Field("assignee", "assignee_id", "Assignee", "choice"),
        Field("priority", "priority", "Priority", "choice"),
        Field("due", "due_at", "Due", "day"),
        Field("start", "start_at", "Start", "day"),
        Field("tags", "tags", "Tags", "words"),
        Field("custom", "custom_fields", "Fields", "text"),
    )
}
# These live in MongoDB; while it is away they can't be shown.
TEXTS = frozenset({"description", "tags", "custom"})


def find_field(name: str) -> Field:
    """The field of an address.

    Raises:
        NotFound: there is no such field.
    """
    try:
        return FIELDS[name]
    except KeyError as error:
        raise NotFound() from error


def choices_of(
    field: Field, row: sql.Row, columns: list[sql.Row], members: list[sql.Row]
) -> list[dict[str, Any]]:
    """What a choice offers: the value, its words, and an icon or a person to show beside them."""
    if field.name == "column":
        return [
            {
                "value": column["column_id"],
                "words": column["name"],
                "icon": f"status-{column['status']}",
                "hue": column["hue"],
            }
            for column in columns
        ]
    form = EditTaskForm(formdata=None).offer(row, columns, members)
    offered: dict[str, str] = getattr(form[field.stored], "offered", {})
    if field.name == "assignee":
        return [
            {"value": value, "words": words, "person": person_of(value or None, words)}
            for value, words in offered.items()
        ]
    return [
        {"value": value, "words": words, "icon": f"{field.name}-{value}"}
        for value, words in offered.items()
    ]


def quick_days() -> list[tuple[str, str, str]]:
    """Days that are chosen often: word, name for scripts (which know the reader's own day), and the day in UTC."""
    today = clock.now().date()
    monday = today + timedelta(days=7 - today.weekday())
    return [
        ("Today", "today", f"{today:%Y-%m-%d}"),
        ("Tomorrow", "tomorrow", f"{today + timedelta(days=1):%Y-%m-%d}"),
        ("Next week", "next-week", f"{monday:%Y-%m-%d}"),
        ("None", "none", ""),
    ]
