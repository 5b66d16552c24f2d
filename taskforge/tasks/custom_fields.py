"""Custom fields as text that people edit: one a line, ``name: value``. Reading written fields gives the same values.

``true``, ``false``, ``none`` and numbers mean themselves; a text that looks like one of these, or that does not fit
on one line, is written in double quotes as JSON has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from taskforge.errors import InvalidInput
from taskforge.text.validation import CustomField, CustomValue, clean_custom_fields

WORDS: dict[str, CustomValue] = {"true": True, "false": False, "none": None}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_SEPARATOR = re.compile(
    "[\u2028\u2029]"
)  # JSON does not escape these, but `splitlines` splits at them
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")


def write_custom_fields(fields: Iterable[Mapping[str, CustomValue]]) -> str:
    """The fields as lines."""
    return "\n".join(f"{field['k']}: {write_value(field['v'])}" for field in fields)


def read_custom_fields(text: object, *, field: str) -> list[CustomField]:
    """The fields that the lines mean, sorted by name.

    Raises:
        InvalidInput: a line is no ``name: value``, a name comes twice, or a value is not allowed.
    """
    found: dict[str, CustomValue] = {}
    lines = str(text or "").splitlines()
    for line in filter(str.strip, lines):
        name, colon, value = line.partition(":")
        name = name.strip()
        if not colon:
            raise InvalidInput.about(field, "must be written one a line, as name: value")
        if name in found:
            raise InvalidInput.about(field, f"may hold “{name}” only once")
        found[name] = _read_value(value.strip(), field)
    return clean_custom_fields(found, field=field)


def write_value(value: CustomValue) -> str:
    """One value as it is written behind the colon."""
    for word, meaning in WORDS.items():
        if value is meaning:
            return word
    if not isinstance(value, str):
        return repr(value)
    plain = value and value == value.strip() and len(value.splitlines()) == 1
    if plain and not value.startswith('"') and _meaning(value) is value:
        return value
    return _SEPARATOR.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False)
    )


def show_value(value: CustomValue) -> str:
    """One value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _read_value(text: str, field: str) -> CustomValue:
    if not text.startswith('"'):
        return _meaning(text)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidInput.about(field, "has a text whose quotes do not match") from error
    return str(value)


def _meaning(text: str) -> CustomValue:
    if text in WORDS:
        return WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return float(text)
    return text
