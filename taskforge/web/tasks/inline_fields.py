"""The fields of a task that are edited in place, each by a small form of its own."""

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
from taskforge.text.moments import Moment, has_time, reader_day
from taskforge.text.people import person_of
from taskforge.web.tasks.controls import control_of
from taskforge.web.tasks.forms import EditTaskForm, MoveTaskForm


@dataclass(frozen=True)
class InlineField:
    """A declared field with a form of its own."""

    declared: TaskField

    @property
    def name(self) -> str:
        """The name in addresses, templates and scripts."""
        return self.declared.address

    @property
    def stored(self) -> str:
        """The name of the column or document field, which changes of a task use."""
        return self.declared.name

    @property
    def label(self) -> str:
        """The name that people read."""
        return self.declared.label

    @property
    def permission(self) -> str:
        """The permission that a change of the field needs."""
        return self.declared.permission

    @property
    def control(self) -> str:
        """The control that edits it: line, text, choice, moment, number or words."""
        return control_of(self.declared).name

    @property
    def is_content(self) -> bool:
        """Whether MongoDB owns the field, so that it can't be read while MongoDB is unavailable."""
        return self.declared.is_content

    @property
    def max_length(self) -> int | None:
        """The longest text of a line."""
        return getattr(self.declared.kind, "max_length", None)

    def read(self, sent: Mapping[str, str], version: int) -> Form:
        """The form of this field alone, from the fields of a request; `version` stands in for a missing one."""
        value = sent["pick"] if "pick" in sent else sent.get("value", "")
        seen_version = sent.get("version") or str(version)
        form = EditTaskForm if self.declared.in_form else MoveTaskForm
        return form(formdata=MultiDict([(self.stored, value), ("version", seen_version)]))

    def text_of(self, state: Mapping[str, Any]) -> str:
        """The text in the control for a task in this state."""
        return self.form_text(state[self.stored])

    def display_text(self, task: Mapping[str, Any]) -> str | None:
        """The value of a plain field as a text for people; None without a value."""
        kind = self.declared.kind
        return kind.words(kind.plain(task[self.stored]), {})

    def form_text(self, value: Any) -> str:
        """A value as the text in the control."""
        return self.declared.kind.form_text(value)


INLINE_FIELDS = {field.address: InlineField(field) for field in FIELDS if field.address}
# The fields beside a task's text, from the top.
PROPERTY_FIELDS = tuple(InlineField(field) for field in PROPERTIES)


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
    """The options of a choice: value, label, and the icon or the person to show with the label."""
    if isinstance(field.declared.kind, BoardColumn):
        return [
            {
                "value": column["column_id"],
                "label": column["name"],
                "icon": f"status-{column['status']}",
                "hue": column["hue"],
            }
            for column in columns
        ]
    form = EditTaskForm(formdata=None).offer(row, columns, members)
    offered: dict[str, str] = getattr(form[field.stored], "offered", {})
    if isinstance(field.declared.kind, Person):
        pictures = {member["user_id"]: member["picture"] for member in members}
        return [
            {
                "value": value,
                "label": label,
                "person": person_of(value or None, label, picture=pictures.get(value)),
            }
            for value, label in offered.items()
        ]
    return [
        {"value": value, "label": label, "icon": f"{field.name}-{value}"}
        for value, label in offered.items()
    ]


def quick_days(current: Moment | None = None) -> list[tuple[str, str, str]]:
    """Days that are chosen often: label, name for scripts, and the day in the reader's zone.

    A task whose `current` moment has a time is offered its day without one.
    """
    today = clock.reader_time().today
    all_day = (
        [("All day", "all-day", f"{reader_day(current)} all day")]
        if current and has_time(current)
        else []
    )
    return [
        *all_day,
        ("Today", "today", f"{today:%Y-%m-%d}"),
        ("Tomorrow", "tomorrow", f"{today + timedelta(days=1):%Y-%m-%d}"),
        ("Next week", "next-week", f"{clock.next_week(today):%Y-%m-%d}"),
        ("None", "none", ""),
    ]
