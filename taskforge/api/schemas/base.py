"""What all schemas have in common: camelCase outside, snake_case inside, nothing unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from operator import itemgetter
from types import NoneType
from typing import Any, NamedTuple

import marshmallow as ma

from taskforge.api import fields
from taskforge.text.values import LAST_VERSION

MAX_PAGE = 200
MAX_CURSOR_LENGTH = 200
MAX_PLANS = 200  # of a schema: for each of its values one of two types, mostly


class _CamelCase(ma.Schema):
    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        """Called by marshmallow for each field: JSON names it in camelCase."""
        field_obj.data_key = camel_case(field_obj.data_key or field_name)


class Input(_CamelCase):
    """What a client sends. Fields that are not declared are refused."""

    error_messages = {"unknown": "This request has no such field."}

    body_optional = False  # whether the request may come without a body


class Output(_CamelCase):
    """What a client gets. Members that an object does not have are left out.

    Values of a row are taken by names that are looked up once for a schema, and those that a field would answer as they
    are go past it; which ones is decided once for the types of all values of a row. Marshmallow's own pass was half of
    what a list of 50 tasks costs. The declared fields alone decide.
    """

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        if many:
            return [self._serialize(each) for each in obj]
        try:
            values = self._take(obj)
        except (KeyError, TypeError):  # not a row, or one without a member
            return self._serialize_each(obj)
        types = tuple(map(type, values))
        converted = self._converted.get(types)
        if converted is None:
            converted = self._plan(types)
        answer = dict(zip(self._keys, values, strict=True))
        for member, place in converted:
            answer[member.key] = member.field._serialize(values[place], member.name, obj)
        return answer

    def _serialize_each(self, obj: Any) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for key, attribute, plain_types, name, field in self._members:
            try:
                value = obj[attribute]
            except (KeyError, TypeError):  # not a row, or one without this member: the usual way
                value = field.serialize(name, obj, accessor=self.get_attribute)
                if value is ma.missing:
                    continue
            else:
                if type(value) not in plain_types:
                    value = field._serialize(value, name, obj)
            answer[key] = value
        return answer

    def _plan(self, types: tuple[type, ...]) -> tuple[tuple[_Member, int], ...]:
        """The members that are not answered as they are, and their places."""
        found = tuple(
            (member, place)
            for place, (member, given) in enumerate(zip(self._members, types, strict=True))
            if given not in member.plain_types
        )
        if len(self._converted) < MAX_PLANS:
            self._converted[types] = found
        return found

    @cached_property
    def _converted(self) -> dict[tuple[type, ...], tuple[tuple[_Member, int], ...]]:
        return {}

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(member.key for member in self._members)

    @cached_property
    def _take(self) -> Callable[[Any], tuple[Any, ...]]:
        """Takes the values of all members from a row."""
        attributes = [member.attribute for member in self._members]
        if len(attributes) > 1:
            return itemgetter(*attributes)
        return lambda obj: tuple(obj[attribute] for attribute in attributes)

    @cached_property
    def _members(self) -> tuple[_Member, ...]:
        return tuple(
            _Member(
                key=field.data_key or name,
                attribute=field.attribute or name,
                plain_types=_PLAIN_TYPES.get(type(field), frozenset()),
                name=name,
                field=field,
            )
            for name, field in self.dump_fields.items()
        )


class _Member(NamedTuple):
    """A field of an answer: its name in JSON, what of an object it holds, and the types that it answers as they are."""

    key: str
    attribute: str
    plain_types: frozenset[type]
    name: str
    field: ma.fields.Field[Any]


# By the exact class of a field: the types of values that it answers as they are.
_PLAIN_TYPES: Mapping[type, frozenset[type]] = {
    ma.fields.String: frozenset({str, NoneType}),
    ma.fields.Integer: frozenset({int, NoneType}),
    ma.fields.Float: frozenset({float, NoneType}),
    ma.fields.Boolean: frozenset({bool, NoneType}),
}


class Nothing(Input):
    """The body of an action without parameters: no body, or an empty object."""

    body_optional = True


class Versioned(Input):
    """The version that the client means to change; If-Match says the same."""

    version = fields.whole_number(1, LAST_VERSION, nullable=True)


class OptionalVersion(Versioned):
    """A body that holds nothing but the version, and may be missing."""

    body_optional = True


class Page(Input):
    """The requested part of a list."""

    limit = fields.whole_number(1, MAX_PAGE)
    cursor = fields.line(MAX_CURSOR_LENGTH, optional=True)


class Instant(ma.fields.Field[datetime]):
    """A moment in ISO 8601: UTC, milliseconds, Z."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "date-time"}, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else as_instant(value)


class ErrorDetail(Output):
    """What went wrong."""

    code = ma.fields.String(required=True)
    message = ma.fields.String(required=True)
    problems = ma.fields.Dict(
        data_key="fields",
        keys=ma.fields.String(),
        values=ma.fields.String(),
        metadata={"description": "What is wrong with which input"},
    )
    current = ma.fields.Dict(
        metadata={"description": "With stale_version: the object as it is now"}
    )


class Error(Output):
    """Every answer that is not a success."""

    error = ma.fields.Nested(ErrorDetail, required=True)


def text_answer(**options: Any) -> ma.fields.String:
    """A string in an answer."""
    return ma.fields.String(**options)


def id_answer(**options: Any) -> ma.fields.String:
    """An id in an answer."""
    return ma.fields.String(metadata={"format": "uuid"}, **options)


class Deletion(Output):
    """What has a name, and who deleted it when."""

    name = text_answer(required=True)
    deleted_at = Instant()
    deleter_id = id_answer(allow_none=True)
    deleter_name = text_answer(allow_none=True)


def as_instant(moment: datetime) -> str:
    """A moment as the API writes it; MongoDB's naive ones are UTC."""
    if moment.tzinfo is not None and moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def camel_case(name: str) -> str:
    """``due_at`` as ``dueAt``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def as_json(value: Any) -> Any:
    """Figures with names in camelCase, instants and days as texts; percentiles are named p50, p85 and so on."""
    if isinstance(value, dict):
        return {
            f"p{name}" if isinstance(name, int) else camel_case(name): as_json(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    if isinstance(value, datetime):
        return as_instant(value)
    return value.isoformat() if isinstance(value, date) else value
