"""Forms of tasks: create, edit, move; and a task's fields as texts in a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
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
    is_yes,
    one_of,
    optional_id,
    optional_int,
)
from taskforge.stores import sql
from taskforge.tasks.board.lanes import KINDS as LANE_KINDS
from taskforge.tasks.fields import FORM_FIELDS, RESTORABLE
from taskforge.tasks.quick_add.lines import MAX_LINE_LENGTH
from taskforge.text.validation import clean_line, clean_text
from taskforge.text.values import LAST_VERSION, parse_date
from taskforge.web.tasks.controls import with_fields

LANE_LENGTH = 60
LINES_LENGTH = 60_000


def writers_day(value: object, *, field: str) -> date:
    """Today in the writer's time zone, as their browser sends it; the server's day if it is missing or implausible."""
    server_day = clock.reader_time().today
    if value in (None, ""):
        return server_day
    day = parse_date(value, field=field)
    return day if abs(day - server_day) <= timedelta(days=1) else server_day


class LaneForm(Form):
    """A form about a place on a board: the kind of lanes that the board shows, and the key of the lane, if any."""

    lanes = OpenSelectField("Lanes", [cleaned(one_of, options=LANE_KINDS, if_sent=True)])
    lane = StringField("Lane", [cleaned(clean_line, max_length=LANE_LENGTH, if_sent=True)])


class CreateTaskForm(LaneForm):
    """A new task: a line in the syntax of quick-add, a column, and the lane if the board shows lanes."""

    title = StringField("Title", [cleaned(clean_line, max_length=MAX_LINE_LENGTH)])
    column_id = StringField("Column", [cleaned(an_id)])
    today = StringField("Today", [cleaned(writers_day)])


class CreateManyForm(LaneForm):
    """Several new tasks: a line each, a column, and the lane if the board shows lanes."""

    lines = TextAreaField("Cards", [cleaned(clean_text, max_length=LINES_LENGTH)])
    column_id = OpenSelectField("Column", [cleaned(an_id)])
    today = StringField("Today", [cleaned(writers_day)])


class UndoForm(Form):
    """The audit event that is to be undone."""

    event = StringField("Change", [cleaned(an_id)])


class RestoreValueForm(VersionForm):
    """The field that gets back its value from before a change."""

    field = StringField("Field", [cleaned(one_of, options=RESTORABLE)])


@with_fields(FORM_FIELDS)
class EditTaskForm(VersionForm):
    """The declared fields of a task; those that are not sent stay as they are."""

    def offer(
        self, row: sql.Row, columns: Iterable[sql.Row], members: Iterable[sql.Row]
    ) -> EditTaskForm:
        """Offer the statuses that the board has columns for, and the people of the team."""
        statuses = dict.fromkeys([*(column["status"] for column in columns), row["status"]])
        self["status"].offer((name, STATUS_NAMES[name]) for name in STATUSES if name in statuses)
        people = {member["user_id"]: member["display_name"] for member in members}
        if row["assignee_id"]:
            people.setdefault(row["assignee_id"], f"{row['assignee_name']} (left)")
        self["assignee_id"].offer([("", "Nobody"), *people.items()])
        return self


class MoveTaskForm(LaneForm):
    """The target of a move: a column, a place in it (top, bottom, before or after a task), the lane.

    ``anyway`` says that it is meant although the column is full.
    """

    column_id = StringField("Column", [cleaned(an_id)])
    place = OpenSelectField("Place", [cleaned(one_of, options=("top", "bottom"), if_sent=True)])
    before_id = StringField("Before", [cleaned(optional_id, if_sent=True)])
    after_id = StringField("After", [cleaned(optional_id, if_sent=True)])
    anyway = OpenSelectField("Anyway", [cleaned(is_yes, if_sent=True)])
    version = StringField(
        "Version", [cleaned(optional_int, minimum=1, maximum=LAST_VERSION, if_sent=True)]
    )


class DeleteTaskForm(Form):
    """The version of the task that is deleted."""

    version = StringField(
        "Version", [cleaned(optional_int, minimum=1, maximum=LAST_VERSION, if_sent=True)]
    )


def form_texts(state: Mapping[str, Any]) -> dict[str, str]:
    """All fields of a task that the edit form has and `state` knows, as texts."""
    return {
        field.name: field.kind.form_text(state[field.name])
        for field in FORM_FIELDS
        if field.name in state
    }
