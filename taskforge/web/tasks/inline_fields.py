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
from taskforge.tasks.field_kinds import BoardColumn, Person
from taskforge.tasks.fields import FIELDS, PROPERTIES
from taskforge.tasks.task_field import TaskField
from taskforge.text.people import person_of
from taskforge.web.tasks.controls import control_of
from taskforge.web.tasks.forms import EditTaskForm, MoveTaskForm


@dataclass(frozen=True)
class InlineField:
    """A declared field with its own form. ``name`` is that of its address, ``stored`` that of its declaration."""

    declared: TaskField

    @property
    def name(self) -> str:
        """Its name in addresses, templates and scripts."""
        return self.declared.address

    @property
    def stored(self) -> str:
        """What a change of the task calls it."""
        return self.declared.name

    @property
    def label(self) -> str:
        """What people call it."""
        return self.declared.label

    @property
    def permission(self) -> str:
        """What whoever changes it must be allowed."""
        return self.declared.permission

    @property
    def control(self) -> str:
        """What it is edited with: line, text, choice, day, number or words."""
        return control_of(self.declared).name

    @property
    def is_content(self) -> bool:
        """Whether it can't be read while MongoDB is away."""
        return self.declared.is_content

    @property
    def max_length(self) -> int | None:
        """The longest text of a line."""
        return getattr(self.declared.kind, "max_length", None)

    def read(self, sent: Mapping[str, str], version: int) -> Form:
        """The form of this field alone, as the request filled it in; without a version it means `version`."""
        value = sent["pick"] if "pick" in sent else sent.get("value", "")
        named = sent.get("version") or str(version)
        form = EditTaskForm if self.declared.in_form else MoveTaskForm
        return form(formdata=MultiDict([(self.stored, value), ("version", named)]))

    def text_of(self, state: Mapping[str, Any]) -> str:
        """What the control holds when a task is in this state."""
        return self.form_text(state[self.stored])

    def words_of(self, task: Mapping[str, Any]) -> str | None:
        """What a plain field holds, as people read it."""
        kind = self.declared.kind
        return kind.words(kind.plain(task[self.stored]), {})

    def form_text(self, value: Any) -> str:
        """A value as the control holds it."""
        return self.declared.kind.form_text(value)


INLINE_FIELDS = {field.address: InlineField(field) for field in FIELDS if field.address}
# The fields of the task's rail, from the top.
RAIL = tuple(InlineField(field) for field in PROPERTIES)


def find_field(name: str) -> InlineField:
    """The field of an address.

    Raises:
        NotFound: there is no such field.
    """
    try:
        return INLINE_FIELDS[name]
    except KeyError as error:
        raise NotFound() from error


def choices_of(
    field: InlineField, row: sql.Row, columns: list[sql.Row], members: list[sql.Row]
) -> list[dict[str, Any]]:
    """What a choice offers: the value, its words, and an icon or a person to show beside them."""
    if isinstance(field.declared.kind, BoardColumn):
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
    if isinstance(field.declared.kind, Person):
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
