"""Fields of requests: marshmallow fields around the functions of `text.validation` and `text.values`.

A field answers the canonical value or says what is wrong with the one that was sent. Its ``metadata`` is what the
OpenAPI document says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import marshmallow as ma

from taskforge.errors import InvalidInput, NotFound
from taskforge.ids import new_id
from taskforge.tasks.bulk.hand_over import NOBODY
from taskforge.tasks.documents import MAX_CHECKLIST_ITEMS, MAX_ITEM_TEXT
from taskforge.teams.permissions import Permission
from taskforge.text import validation
from taskforge.text.moments import parse_moment
from taskforge.text.values import parse_int, parse_sent_instant, parse_uuid
from taskforge.text.zones import MAX_LENGTH as MAX_ZONE_LENGTH
from taskforge.text.zones import clean_zone

# No object has the nil UUID. An id of odd form is read as this one, so that it is answered like any unknown id.
UNKNOWN_ID = "00000000-0000-0000-0000-000000000000"
MAX_PASSWORD_LENGTH = 1_000


class Checked(ma.fields.Field[Any]):
    """A field that hands its value, null included, to ``check(value, field=name)``."""

    def __init__(
        self, check: Callable[..., Any], described: Mapping[str, Any], **options: Any
    ) -> None:
        super().__init__(metadata=dict(described), **options)
        self._check = check

    def _validate_missing(self, value: Any) -> None:
        if value is ma.missing and self.required:
            raise ma.ValidationError(_sentence(self.data_key or self.name or "", "is required"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_kwargs: Any) -> Any:
        try:
            return self._check(value, field=attr)
        except InvalidInput as error:
            raise ma.ValidationError(error.fields.get(attr or "", error.message)) from error


def line(
    max_length: int, *, required: bool = True, optional: bool = False, data_key: str | None = None
) -> Checked:
    """One line of text. ``optional`` may be left out of the request, but not be empty if it is there.

    `data_key` is its name in JSON, where that can't be one in Python.
    """

    def check(value: object, *, field: str) -> str:
        return validation.clean_line(value, field=field, max_length=max_length, required=required)

    described = {"type": "string", "maxLength": max_length}
    return Checked(check, described, required=required and not optional, data_key=data_key)


def long_text(max_length: int, *, required: bool = False, max_bytes: int | None = None) -> Checked:
    """Text of many lines (Markdown); null is the empty text."""

    def check(value: object, *, field: str) -> str:
        return validation.clean_text(
            value, field=field, max_length=max_length, required=required, max_bytes=max_bytes
        )

    return Checked(check, {"type": "string", "maxLength": max_length}, required=required)


def email(*, required: bool = True) -> Checked:
    """An e-mail address in its one spelling."""
    described = {"type": "string", "format": "email", "maxLength": validation.MAX_EMAIL_LENGTH}
    return Checked(validation.clean_email, described, required=required, allow_none=not required)


def time_zone() -> Checked:
    """The name of a time zone; null leaves the choice to the browser."""
    described = {"type": ["string", "null"], "maxLength": MAX_ZONE_LENGTH}
    return Checked(clean_zone, described, allow_none=True)


def password(*, required: bool = True) -> Checked:
    """A password exactly as it was typed."""

    def check(value: object, *, field: str) -> str:
        if not isinstance(value, str) or not value:
            raise InvalidInput.about(
                field, "is required" if value in (None, "") else "must be text"
            )
        if len(value) > MAX_PASSWORD_LENGTH:
            raise InvalidInput.about(field, "is too long")
        return value

    return Checked(check, {"type": "string", "format": "password"}, required=required)


def identifier(*, required: bool = False, nullable: bool = False) -> Checked:
    """The id of an object."""
    described = {"type": "string", "format": "uuid"}
    return Checked(_read_id, described, required=required, allow_none=nullable)


def person_or_nobody() -> Checked:
    """The id of a person, or the word that stands for none."""

    def check(value: object, *, field: str) -> str:
        return NOBODY if value == NOBODY else _read_id(value, field=field)

    described = {"type": "string", "description": f"The id of a person in the team, or {NOBODY}"}
    return Checked(check, described)


def identifiers(most: int, *, nullable: bool = False, optional: bool = False) -> Checked:
    """A list of ids. A `nullable` one must be in the request, as a list or as null, unless it is `optional`."""

    def check(value: object, *, field: str) -> list[str]:
        if not isinstance(value, list) or len(value) > most:
            raise InvalidInput.about(field, f"must be a list of at most {most} ids")
        return [_read_id(item, field=field) for item in value]

    items = {"type": "string", "format": "uuid"}
    described = {"type": "array", "items": items, "maxItems": most}
    return Checked(check, described, required=nullable and not optional, allow_none=nullable)


def choice(options: Collection[str], *, required: bool = False, nullable: bool = False) -> Checked:
    """One of some words."""
    words = list(options)

    def check(value: object, *, field: str) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise InvalidInput.about(field, f"must be {', '.join(words[:-1])} or {words[-1]}")

    described = {"type": "string", "enum": [*words, None] if nullable else words}
    return Checked(check, described, required=required, allow_none=nullable)


def words(options: Collection[str]) -> Checked:
    """A list of some of these words, at least one, each once."""
    known = list(options)
    sentence = f"must be a list of {', '.join(known[:-1])} or {known[-1]}, each once"

    def check(value: object, *, field: str) -> list[str]:
        given = value if isinstance(value, list) else []
        if not given or any(word not in known for word in given) or len({*given}) < len(given):
            raise InvalidInput.about(field, sentence)
        return given

    items = {"type": "string", "enum": known}
    described = {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}
    return Checked(check, described, required=True)


def permission_names() -> Checked:
    """A list of the names of permissions."""
    names = [one.value for one in Permission]

    def check(value: object, *, field: str) -> list[str]:
        if not isinstance(value, list) or len(value) > len(names):
            raise InvalidInput.about(field, "must be a list of permissions, each once")
        unknown = [name for name in value if name not in names]
        if unknown:
            raise InvalidInput.about(field, f"has no permission “{str(unknown[0])[:40]}”")
        return [str(name) for name in value]

    items = {"type": "string", "enum": names}
    return Checked(check, {"type": "array", "items": items, "maxItems": len(names)}, required=True)


def whole_number(
    minimum: int, maximum: int, *, required: bool = False, nullable: bool = False
) -> Checked:
    """A whole number within bounds."""

    def check(value: object, *, field: str) -> int:
        return parse_int(value, field=field, minimum=minimum, maximum=maximum)

    described = {"type": "integer", "minimum": minimum, "maximum": maximum}
    return Checked(check, described, required=required, allow_none=nullable)


def yes_or_no(*, required: bool = False) -> Checked:
    """True or false."""

    def check(value: object, *, field: str) -> bool:
        if isinstance(value, bool):
            return value
        raise InvalidInput.about(field, "must be true or false")

    return Checked(check, {"type": "boolean"}, required=required)


def moment() -> Checked:
    """A day, or an instant with its offset; null stands for none."""
    described = {
        "type": "string",
        "description": "A day such as 2026-12-24, or an instant such as 2026-12-24T09:30:00+02:00",
    }
    return Checked(parse_moment, described, allow_none=True)


def instant(*, nullable: bool = False, required: bool = False) -> Checked:
    """An instant with its offset, or a day, which stands for its first instant in UTC."""

    def check(value: object, *, field: str) -> datetime:
        if not isinstance(value, str):
            raise InvalidInput.about(field, "must be a time like 2026-05-31T16:30:00Z")
        return parse_sent_instant(value, field=field)

    described = {"type": "string", "format": "date-time"}
    return Checked(check, described, allow_none=nullable, required=required)


def tags() -> Checked:
    """A list of tags."""
    items = {"type": "string", "maxLength": validation.MAX_TAG_LENGTH}
    return Checked(
        validation.clean_tags, {"type": "array", "items": items, "maxItems": validation.MAX_TAGS}
    )


def custom_fields() -> Checked:
    """An object of names and values; answers the list of ``{"k", "v"}`` that is stored."""
    described = {
        "type": "object",
        "maxProperties": validation.MAX_CUSTOM_FIELDS,
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }
    return Checked(validation.clean_custom_fields, described)


def checklist() -> Checked:
    """A list of ``{itemId?, text, done?}``; items without an id get one."""
    item = {
        "type": "object",
        "properties": {
            "itemId": {"type": "string", "format": "uuid"},
            "text": {"type": "string", "maxLength": MAX_ITEM_TEXT},
            "done": {"type": "boolean"},
        },
        "required": ["text"],
        "additionalProperties": False,
    }
    return Checked(
        _read_checklist, {"type": "array", "items": item, "maxItems": MAX_CHECKLIST_ITEMS}
    )


def _read_id(value: object, *, field: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput.about(field, "must be an id")
    try:
        return parse_uuid(value)
    except NotFound:
        return UNKNOWN_ID


def _read_checklist(value: object, *, field: str) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MAX_CHECKLIST_ITEMS:
        raise InvalidInput.about(field, f"must be a list of at most {MAX_CHECKLIST_ITEMS} items")
    items = [_read_item(item, field) for item in value]
    if len({item["item_id"] for item in items}) < len(items):
        raise InvalidInput.about(field, "names the same itemId twice")
    return items


def _read_item(item: object, field: str) -> dict[str, Any]:
    if not isinstance(item, dict) or not item.keys() <= {"itemId", "text", "done"}:
        raise InvalidInput.about(field, "must hold items like {“text”: “…”, “done”: false}")
    done = item.get("done", False)
    if not isinstance(done, bool):
        raise InvalidInput.about(field, "must say true or false for “done”")
    item_id = new_id() if item.get("itemId") is None else _read_id(item["itemId"], field=field)
    if item_id == UNKNOWN_ID:
        raise InvalidInput.about(
            field, "has an itemId that is not an id: leave it out for new items"
        )
    words = validation.clean_line(item.get("text"), field=field, max_length=MAX_ITEM_TEXT)
    return {"item_id": item_id, "text": words, "done": done}


def _sentence(field: str, problem: str) -> str:
    return InvalidInput.about(field, problem).message
