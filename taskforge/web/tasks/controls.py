"""The HTML controls of task fields: one table from the kind of a field to its control and its form field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wtforms import StringField, TextAreaField

from taskforge.http.forms import Form, OpenSelectField, cleaned
from taskforge.tasks import field_kinds as kinds
from taskforge.tasks.fields import BY_NAME, FORM_FIELDS
from taskforge.tasks.moment_kind import MAX_TEXT, Moment
from taskforge.tasks.number_kind import Number
from taskforge.tasks.task_field import TaskField

FormClass = TypeVar("FormClass", bound=type[Form])


@dataclass(frozen=True, kw_only=True)
class Control:
    """The control of a kind: its ``name`` in templates, and ``make``, which makes the field of a form.

    Neighbours of the edit form with the same ``row`` share one; ``hint`` is the text below the control, ``attributes``
    are those of its element, ``frame`` is the browser's module that adds to it.
    """

    name: str
    make: Callable[..., Any]
    row: str = ""
    hint: str = ""
    frame: str = ""
    optional: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)


MOMENT_HINT = "Such as fri, 24 dec, tomorrow 15:00 or fri all day."
CONTROLS: Mapping[type[kinds.Kind], Control] = {
    kinds.Line: Control(
        name="line",
        make=StringField,
        attributes={"class": "input--title", "autocomplete": "off"},
    ),
    kinds.LongText: Control(
        name="text",
        make=TextAreaField,
        hint="Markdown: **bold**, lists, `code`, links. Kept on this device until saved.",
        attributes={"class": "input--reading"},
    ),
    kinds.Choice: Control(name="choice", make=OpenSelectField, row="choices"),
    kinds.Person: Control(name="choice", make=OpenSelectField, row="choices"),
    kinds.BoardColumn: Control(name="choice", make=OpenSelectField, row="choices"),
    Moment: Control(
        name="moment",
        make=StringField,
        row="values",
        hint=MOMENT_HINT,
        frame="moment-field",
        optional=True,
        attributes={"autocomplete": "off", "maxlength": str(MAX_TEXT)},
    ),
    Number: Control(
        name="number",
        make=StringField,
        row="values",
        optional=True,
        attributes={"inputmode": "decimal", "autocomplete": "off"},
    ),
    kinds.Tags: Control(
        name="words",
        make=StringField,
        hint="Separated by commas.",
        optional=True,
        attributes={"autocomplete": "off"},
    ),
    kinds.CustomFields: Control(
        name="text",
        make=TextAreaField,
        hint="One a line: name: value",
        optional=True,
        attributes={"rows": "3"},
    ),
}


def control_of(task_field: TaskField) -> Control:
    """The control of a field."""
    return CONTROLS[type(task_field.kind)]


def form_field(task_field: TaskField, clean: Callable[..., Any] | None = None) -> Any:
    """The field of a form; a field that is not sent changes nothing. `clean` replaces the kind's cleaning function."""
    arguments: dict[str, Any] = {}
    if isinstance(task_field.kind, kinds.Choice):
        arguments["offered"] = task_field.kind.options.items()
    check = cleaned(clean or task_field.kind.clean, if_sent=True)
    return control_of(task_field).make(task_field.label, [check], **arguments)


def with_fields(fields: Iterable[TaskField]) -> Callable[[FormClass], FormClass]:
    """A decorator that adds form fields for task fields to a form class, under their stored names."""

    def add(form: FormClass) -> FormClass:
        for one in fields:
            setattr(form, one.name, form_field(one))
        return form

    return add


def edit_rows(form: Form, *, without_content: bool) -> list[list[dict[str, Any]]]:
    """The edit form as rows: each field with its form field, the keywords of the macro `field`, whether it mentions."""
    rows: list[list[dict[str, Any]]] = []
    last_row = ""
    for one in FORM_FIELDS:
        if one.is_content and without_content:
            continue
        control = control_of(one)
        shown = {
            "field": form[one.name],
            "options": _options(one, control),
            "mentions": one.kind.mentions_people,
        }
        if control.row and control.row == last_row:
            rows[-1].append(shown)
        else:
            rows.append([shown])
        last_row = control.row
    return rows


def control_name(name: str) -> str:
    """The control of the field with a stored name: line, text, choice, moment, number or words."""
    return control_of(BY_NAME[name]).name


def _options(task_field: TaskField, control: Control) -> dict[str, Any]:
    options: dict[str, Any] = dict(control.attributes)
    if isinstance(task_field.kind, kinds.Line):
        options["maxlength"] = str(task_field.kind.max_length)
    if control.hint:
        options["hint"] = control.hint
    if control.frame:
        options["frame"] = control.frame
    if control.optional:
        options["optional"] = True
    return options
