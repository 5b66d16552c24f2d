"""The declared fields of a task in JSON: one table from the kind of a field to how it is read and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import marshmallow as ma

from taskforge.api import fields as read
from taskforge.api.query_fields import query_text
from taskforge.api.schemas.base import (
    Instant,
    Output,
    as_instant,
    camel_case,
    id_answer,
    text_answer,
)
from taskforge.errors import InvalidInput
from taskforge.tasks import field_kinds as kinds
from taskforge.tasks.board.bucket_filters import NumberFilter
from taskforge.tasks.fields import BY_NAME, FIELDS
from taskforge.tasks.moment_kind import Moment
from taskforge.tasks.number_kind import Number
from taskforge.tasks.query.nodes import SORT
from taskforge.tasks.query.orders import ORDERS
from taskforge.tasks.query.terms import list_terms
from taskforge.tasks.task_field import Output as Shown
from taskforge.tasks.task_field import Store, TaskField
from taskforge.text.moments import iso_text, read_logged

Field = ma.fields.Field[Any]
MAX_RANGE_LENGTH = 40


class Attachment(Output):
    """A file of a task or a comment. Its type was told by its content; images and PDFs soon have a thumbnail."""

    attachment_id = id_answer(required=True)
    name = text_answer(required=True)
    size = ma.fields.Integer(required=True)
    mimetype = text_answer(required=True)
    url = text_answer(required=True)
    thumbnail_url = text_answer(allow_none=True)
    uploaded_at = Instant()
    uploaded_by = id_answer()


class ChecklistItem(Output):
    """One line of a checklist."""

    item_id = id_answer()
    text = text_answer()
    done = ma.fields.Boolean()


class CustomFieldsAnswer(ma.fields.Dict):
    """The stored list of ``{"k", "v"}`` as an object of names and values."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:
        return None if value is None else _as_object(value)


class MomentAnswer(ma.fields.Field[date]):
    """A day as such, and an instant in UTC."""

    def __init__(self, **options: Any) -> None:
        described = {
            "type": "string",
            "description": "A day such as 2026-12-24, or an instant such as 2026-12-24T07:30:00.000Z",
        }
        super().__init__(metadata=described, **options)

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else iso_text(value)


@dataclass(frozen=True, kw_only=True)
class JsonKind:
    """A kind of field in JSON.

    ``input`` makes the field of a request, ``required`` only where it is. ``output`` makes the field of an answer.
    ``value`` is a value of the audit log as the API shows it, ``filter`` the parameter of a list.
    """

    input: Callable[[Any, bool], Field] | None
    output: Callable[[Any, dict[str, Any]], Field]
    value: Callable[[Any], Any] = lambda value: value
    filter: Callable[[TaskField], Field] | None = None


def _as_object(custom_fields: Any) -> dict[str, Any]:
    return {field["k"]: field["v"] for field in custom_fields or ()}


def _logged_instant(value: Any) -> Any:
    return as_instant(datetime.fromisoformat(value)) if isinstance(value, str) else value


def _read_number(kind: Number) -> Field:
    def check(value: object, *, field: str) -> Decimal | None:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise InvalidInput.about(field, "must be a number such as 1.5, or null")
        return kind.clean(value, field=field)

    # Not multipleOf: validators that divide binary fractions would refuse 1.1 as no multiple of 0.01.
    described = {
        "type": "number",
        "minimum": kind.minimum,
        "maximum": kind.maximum,
        "description": f"At most {kind.decimals} decimals",
    }
    return read.Checked(check, described, allow_none=True)


def _read_range(field: TaskField) -> Field:
    by = field.filter
    assert isinstance(by, NumberFilter)

    def check(value: object, *, field: str) -> str:
        if isinstance(value, str) and len(value) <= MAX_RANGE_LENGTH and by.accepts(value):
            return by.clean(value)
        raise InvalidInput.about(field, "must be none, or a range such as 0-3 or 8-")

    return read.Checked(
        check, {"type": "string", "description": "none, or a range such as 0-3 or 8-"}
    )


JSON_KINDS: Mapping[type[kinds.Kind], JsonKind] = {
    kinds.Line: JsonKind(
        input=lambda kind, required: read.line(kind.max_length, optional=not required),
        output=lambda _, options: text_answer(**options),
    ),
    kinds.LongText: JsonKind(
        input=lambda kind, _: read.long_text(kind.max_length),
        output=lambda _, options: text_answer(**options),
    ),
    kinds.Choice: JsonKind(
        input=lambda kind, _: read.choice(tuple(kind.options), nullable=True),
        output=lambda kind, options: text_answer(metadata={"enum": list(kind.options)}, **options),
        filter=lambda field: read.choice(tuple(getattr(field.kind, "options", ()))),
    ),
    kinds.Person: JsonKind(
        input=lambda *_: read.identifier(nullable=True),
        output=lambda _, options: id_answer(**options),
        filter=lambda _: read.identifier(),
    ),
    kinds.Cover: JsonKind(
        input=None,
        output=lambda _, options: id_answer(**options),
    ),
    kinds.BoardColumn: JsonKind(
        input=lambda *_: read.identifier(nullable=True),
        output=lambda _, options: id_answer(**options),
    ),
    Moment: JsonKind(
        input=lambda *_: read.moment(),
        output=lambda _, options: MomentAnswer(**options),
        value=lambda value: None if value is None else iso_text(read_logged(value)),
    ),
    Number: JsonKind(
        input=lambda kind, _: _read_number(kind),
        output=lambda _, options: ma.fields.Float(**options),
        filter=_read_range,
    ),
    kinds.Tags: JsonKind(
        input=lambda *_: read.tags(),
        output=lambda _, options: ma.fields.List(text_answer(), **options),
    ),
    kinds.CustomFields: JsonKind(
        input=lambda *_: read.custom_fields(),
        output=lambda _, options: CustomFieldsAnswer(keys=ma.fields.String(), **options),
        value=_as_object,
    ),
    kinds.Checklist: JsonKind(
        input=lambda *_: read.checklist(),
        output=lambda _, options: ma.fields.List(ma.fields.Nested(ChecklistItem), **options),
        value=lambda value: [
            {camel_case(key): part for key, part in item.items()} for item in value or ()
        ],
    ),
    kinds.Files: JsonKind(
        input=None,
        output=lambda _, options: ma.fields.List(ma.fields.Nested(Attachment), **options),
    ),
}


def inputs(*, required: bool) -> dict[str, Field]:
    """The fields of a request that holds a task; `required`: what can't be empty must be sent."""
    found: dict[str, Field] = {}
    for field in FIELDS:
        make = JSON_KINDS[type(field.kind)].input
        if field.in_input and make is not None:
            found[field.name] = _named(field, make(field.kind, required))
    return found


def outputs(shown: Iterable[TaskField]) -> dict[str, Field]:
    """The fields of an answer. What is always there is required; content is null while it can't be read."""
    return {
        field.name: _named(field, JSON_KINDS[type(field.kind)].output(field.kind, _options(field)))
        for field in shown
    }


def list_filters() -> dict[str, Field]:
    """The parameters by which a list of tasks can be narrowed."""
    found: dict[str, Field] = {}
    for field in FIELDS:
        make = JSON_KINDS[type(field.kind)].filter
        if field.in_list_filter and make is not None:
            found[field.name] = _named(field, make(field))
    return found


def list_orders() -> dict[str, Field]:
    """The parameter ``sort``."""
    words = [sign + order.json_name for order in ORDERS for sign in ("", "-")]
    return {"sort": read.choice(words)}


def query_terms() -> dict[str, Field]:
    """The query of a list, and the terms of queries by their names, but for those that are filters of their own."""
    taken = {field.json_name for field in FIELDS if field.in_list_filter} | {SORT}
    terms = [term for term in list_terms() if term.name not in taken]
    described = {"q": "A query, such as assignee:me due:<friday"} | {
        term.name: f"Tasks by {term.meaning}, as in the query {term.example}" for term in terms
    }
    return {name: query_text(description) for name, description in described.items()}


def summary_fields() -> tuple[TaskField, ...]:
    """The fields of a task in a list."""
    return tuple(field for field in FIELDS if field.in_output is Shown.SUMMARY)


def whole_fields() -> tuple[TaskField, ...]:
    """The fields that only a whole task has."""
    return tuple(field for field in FIELDS if field.in_output is Shown.TASK)


def json_name(name: str) -> str:
    """The name in JSON of anything that the audit log names."""
    return BY_NAME[name].json_name if name in BY_NAME else camel_case(name)


def json_value(name: str, value: Any) -> Any:
    """A value of the audit log as the API shows it."""
    if name in BY_NAME:
        return JSON_KINDS[type(BY_NAME[name].kind)].value(value)
    return _logged_instant(value) if name.endswith("_at") else value


def _options(field: TaskField) -> dict[str, Any]:
    """What a client may rely on: every answer has the title and the place; only what may be empty may be null."""
    if isinstance(field.kind, kinds.Line) or field.store is Store.PLACE:
        return {"required": True}
    is_nullable = field.in_output is Shown.TASK or (
        field.kind.may_be_empty and not field.is_content
    )
    return {"allow_none": True} if is_nullable else {}


def _named(field: TaskField, made: Field) -> Field:
    made.data_key = field.json_name
    return made
