"""Forms of tasks: create, edit, move; and a task's fields as texts in a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import StringField, TextAreaField

from taskforge import clock
from taskforge.boards.statuses import STATUS_NAMES, STATUSES
from taskforge.http.forms import (
    Form,
    OpenSelectField,
    VersionForm,
    an_id,
    cleaned,
    one_of,
    optional_id,
    optional_int,
)
from taskforge.stores import sql
from taskforge.tasks.custom_fields import read_custom_fields, write_custom_fields
from taskforge.tasks.documents import MAX_DESCRIPTION_LENGTH
from taskforge.tasks.editing.writer import CORE_FIELDS, TEXT_FIELDS
from taskforge.tasks.models import PRIORITIES
from taskforge.text.validation import clean_line, clean_tags, clean_text
from taskforge.text.values import LAST_VERSION, parse_date, parse_datetime

TITLE_LENGTH = 200
RESTORABLE = (*CORE_FIELDS, *TEXT_FIELDS, "column_id")
LANE_KINDS = ("assignee", "priority", "tag")
LANE_LENGTH = 60
LINE_LENGTH = 600  # a title with everything that quick-add takes out of it
LINES_LENGTH = 60_000
PRIORITY_NAMES = {priority: priority.title() for priority in PRIORITIES}


def optional_day(value: object, *, field: str) -> datetime | None:
    """A day as its first moment in UTC, or None for an empty field."""
    return None if value in (None, "") else parse_datetime(value, field=field, date_only=True)


def read_tags(value: object, *, field: str) -> list[str]:
    """Tags from a text with commas between them."""
    words = [word for word in str(value or "").split(",") if word.strip()]
    return clean_tags(words, field=field)


def writers_day(value: object, *, field: str) -> date:
    """Today where the writer is, as their browser says; the server's day where it does not, or can't be right."""
    here = clock.now().date()
    if value in (None, ""):
        return here
    day = parse_date(value, field=field)
    return day if abs(day - here) <= timedelta(days=1) else here


class LaneForm(Form):
    """A form about a place on a board that may be divided into lanes: by what, and which of them."""

    lanes = OpenSelectField("Lanes", [cleaned(one_of, options=LANE_KINDS, if_sent=True)])
    lane = StringField("Lane", [cleaned(clean_line, max_length=LANE_LENGTH, if_sent=True)])


class CreateTaskForm(LaneForm):
    """A new task: a line in the syntax of quick-add, in a column and perhaps a lane."""

    title = StringField("Title", [cleaned(clean_line, max_length=LINE_LENGTH)])
    column_id = StringField("Column", [cleaned(an_id)])
    today = StringField("Today", [cleaned(writers_day)])


class CreateManyForm(LaneForm):
    """Several new tasks: a line each, in a column and perhaps a lane."""

    lines = TextAreaField("Cards", [cleaned(clean_text, max_length=LINES_LENGTH)])
    column_id = OpenSelectField("Column", [cleaned(an_id)])
    today = StringField("Today", [cleaned(writers_day)])


class UndoForm(Form):
    """Which change is to be taken back: the event of its fact."""

    event = StringField("Change", [cleaned(an_id)])


class RestoreValueForm(VersionForm):
    """Which field is to get the value back that it had before a change."""

    field = StringField("Field", [cleaned(one_of, options=RESTORABLE)])


class EditTaskForm(VersionForm):
    """The fields of a task; those that are not sent stay as they are."""

    title = StringField("Title", [cleaned(clean_line, max_length=TITLE_LENGTH, if_sent=True)])
    description = TextAreaField(
        "Description",
        [cleaned(clean_text, max_length=MAX_DESCRIPTION_LENGTH, required=False, if_sent=True)],
    )
    status = OpenSelectField("Status", [cleaned(one_of, options=STATUSES, if_sent=True)])
    priority = OpenSelectField(
        "Priority",
        [cleaned(one_of, options=PRIORITIES, if_sent=True)],
        offered=PRIORITY_NAMES.items(),
    )
    assignee_id = OpenSelectField("Assignee", [cleaned(optional_id, if_sent=True)])
    start_at = StringField("Start", [cleaned(optional_day, if_sent=True)])
    due_at = StringField("Due", [cleaned(optional_day, if_sent=True)])
    tags = StringField("Tags", [cleaned(read_tags, if_sent=True)])
    custom_fields = TextAreaField("Fields", [cleaned(read_custom_fields, if_sent=True)])

    def offer(
        self, row: sql.Row, columns: Iterable[sql.Row], members: Iterable[sql.Row]
    ) -> EditTaskForm:
        """Offer the statuses that the board has columns for, and the people of the team."""
        statuses = dict.fromkeys([*(column["status"] for column in columns), row["status"]])
        self.status.offer((name, STATUS_NAMES[name]) for name in STATUSES if name in statuses)
        people = {member["user_id"]: member["display_name"] for member in members}
        if row["assignee_id"]:
            people.setdefault(row["assignee_id"], f"{row['assignee_name']} (left)")
        self.assignee_id.offer([("", "Nobody"), *people.items()])
        return self


class MoveTaskForm(LaneForm):
    """Where a task goes: a column, there to the top, the bottom, or beside another task; and the lane it joins."""

    column_id = StringField("Column", [cleaned(an_id)])
    place = OpenSelectField("Place", [cleaned(one_of, options=("top", "bottom"), if_sent=True)])
    before_id = StringField("Before", [cleaned(optional_id, if_sent=True)])
    after_id = StringField("After", [cleaned(optional_id, if_sent=True)])
    version = StringField(
        "Version", [cleaned(optional_int, minimum=1, maximum=LAST_VERSION, if_sent=True)]
    )


class DeleteTaskForm(Form):
    """The version of the task that is thrown away."""

    version = StringField(
        "Version", [cleaned(optional_int, minimum=1, maximum=LAST_VERSION, if_sent=True)]
    )


def form_text(name: str, value: Any) -> str:
    """A field's value as the text that the form holds for it."""
    if value is None:
        return ""
    if name in ("start_at", "due_at"):
        return f"{value:%Y-%m-%d}"
    if name == "tags":
        return ", ".join(value)
    if name == "custom_fields":
        return write_custom_fields(value)
    return str(value)


def form_texts(state: Mapping[str, Any]) -> dict[str, str]:
    """All fields of a task that the edit form has and `state` knows, as texts."""
    return {name: form_text(name, state[name]) for name in EDITED_FIELDS if name in state}


def changed_values(values: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """Those cleaned values that differ from `state`, as far as the form can tell.

    A due time that was set to the minute by the API survives a form that shows its day only.
    """
    now = form_texts(state)
    return {
        name: values[name]
        for name in EDITED_FIELDS
        if name in values and form_text(name, values[name]) != now.get(name)
    }


EDITED_FIELDS = (
    "title", "description", "status", "priority", "assignee_id", "start_at", "due_at", "tags", "custom_fields",
)  # fmt: skip
