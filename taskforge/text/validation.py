"""Validates input and brings it into the one form that is stored.

Every function is pure: it returns the canonical value, or raises ``InvalidInput`` whose ``fields`` names the input and
says what to change. Applied to its own result it changes nothing. Lengths are limited in code points, which is close to
what people count, and in UTF-8 bytes, which is what the stores need.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TypedDict

from email_validator import EmailNotValidError, validate_email

from taskforge.errors import InvalidInput
from taskforge.text.normal_form import fold

MAX_EMAIL_LENGTH = 254  # RFC 5321: a path is at most 256 octets, two of them angle brackets
MAX_MARKS_IN_A_ROW = 1_000
MAX_TAGS = 20
MAX_TAG_LENGTH = 40
MAX_CUSTOM_FIELDS = 30
MAX_CUSTOM_TEXT = 2_000
MAX_SAFE_INTEGER = 2**53  # beyond it JavaScript and JSON readers round

_SURROGATE = re.compile("[\ud800-\udfff]")
# C0 without tab, newline and return; DEL and C1; the noncharacters that XML cannot carry.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_LINE_BREAK = re.compile("[\t\n\r\u2028\u2029]")
_LONG_NON_ASCII = re.compile(rf"[^\x00-\x7f]{{{MAX_MARKS_IN_A_ROW + 1},}}")
_LEADING_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
# Letters and symbols of Unicode that are invisible: a title made of them looks empty.
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")
_BYTE_ORDER_MARK = "\ufeff"  # at either end of a text it is a leftover of some editor
_CUSTOM_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
# Names that mean something to a JavaScript object; "__proto__" already fails the pattern.
_RESERVED_KEYS = frozenset({"constructor", "prototype"})

CustomValue = str | bool | int | float | None


class CustomField(TypedDict):
    """One custom field as it is stored: its key and its value."""

    k: str
    v: CustomValue


def clean_line(
    value: object,
    *,
    field: str,
    max_length: int,
    required: bool = True,
    max_bytes: int | None = None,
) -> str:
    """One line of text: NFC, trimmed, without control characters or line breaks.

    ``None`` counts as empty. An empty result is "" when it is not ``required``. ``max_length`` is in code points of the
    result, ``max_bytes`` in its UTF-8 bytes.
    """
    text = _readable(value, field=field, max_length=max_length)
    text = _trim(text)
    if _LINE_BREAK.search(text):
        raise InvalidInput.about(field, "must be a single line: remove the line breaks and tabs")
    return _check_length(
        _nfc(text, field),
        field=field,
        max_length=max_length,
        max_bytes=max_bytes,
        required=required,
    )


def clean_text(
    value: object,
    *,
    field: str,
    max_length: int,
    required: bool = True,
    max_bytes: int | None = None,
) -> str:
    """Text of any number of lines: NFC, line feeds as line ends, no blank lines at either end, tabs kept.

    Spaces at the start of the first line stay, because Markdown gives them a meaning. Parameters as in `clean_line`.
    """
    text = _readable(value, field=field, max_length=max_length)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = (
        _LEADING_BLANK_LINES.sub("", text.lstrip(_BYTE_ORDER_MARK))
        .rstrip()
        .rstrip(_BYTE_ORDER_MARK)
        .rstrip()
    )
    return _check_length(
        _nfc(text, field),
        field=field,
        max_length=max_length,
        max_bytes=max_bytes,
        required=required,
    )


def clean_email(value: object, *, field: str = "email") -> str:
    """The spelling of an e-mail address under which it is stored and looked up.

    NFKC and case-folded, domain in Unicode, at most 254 code points and bytes. No DNS is asked: whether mail arrives is
    not known here.
    """
    text = _trim(_readable(value, field=field, max_length=MAX_EMAIL_LENGTH))
    if not text:
        raise InvalidInput.about(field, "is required")
    if len(text) > MAX_EMAIL_LENGTH:
        raise InvalidInput.about(field, f"must be at most {MAX_EMAIL_LENGTH} characters")
    folded = fold(text)
    try:
        # test_environment permits the reserved ".test" domains, which can never receive mail.
        checked = validate_email(
            folded, check_deliverability=False, test_environment=True, strict=True
        )
    except EmailNotValidError as error:
        raise InvalidInput.about(field, "must be an address like name@example.com") from error
    address = fold(checked.normalized)
    if len(address.encode()) > MAX_EMAIL_LENGTH:
        raise InvalidInput.about(field, f"must be at most {MAX_EMAIL_LENGTH} bytes")
    return address


def clean_tags(value: object, *, field: str = "tags") -> list[str]:
    """At most 20 tags of at most 40 code points, in the order given, without duplicates.

    Two tags are the same when they fold to the same text; the first spelling wins.  A comma is
    refused because forms separate tags by it.
    """
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise InvalidInput.about(field, "must be a list of words")
    tags: dict[str, str] = {}
    for item in value[: MAX_TAGS * 10]:
        tag = clean_line(item, field=field, max_length=MAX_TAG_LENGTH)
        if "," in tag:
            raise InvalidInput.about(field, "must not contain commas inside a tag")
        tags.setdefault(fold(tag), tag)
    if len(tags) > MAX_TAGS or len(value) > MAX_TAGS * 10:
        raise InvalidInput.about(field, f"may hold at most {MAX_TAGS} tags")
    return list(tags.values())


def clean_custom_fields(value: object, *, field: str = "customFields") -> list[CustomField]:
    """The custom fields of a task as a list of ``{"k", "v"}`` sorted by key.

    Never a mapping with people's keys, so that no store can read a key as an operator or a path.
    Values are text of at most 2,000 characters, booleans, whole numbers within ±2^53, finite
    numbers, or null; dates are ISO text.
    """
    if value is None:
        return []
    if not isinstance(value, dict):
        raise InvalidInput.about(field, "must be an object of names and values")
    if len(value) > MAX_CUSTOM_FIELDS:
        raise InvalidInput.about(field, f"may hold at most {MAX_CUSTOM_FIELDS} fields")
    fields = [
        CustomField(k=_custom_key(key, field), v=_custom_value(item, field, key))
        for key, item in value.items()
    ]
    return sorted(fields, key=lambda entry: entry["k"])


def _readable(value: object, *, field: str, max_length: int) -> str:
    """The value as text that can be encoded in UTF-8 and is not far beyond its limit."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput.about(field, "must be text")
    # Composing can shorten text to a third at most and CRLF to a half: anything longer than that
    # is refused before the work of normalising it.
    if len(value) > max_length * 6 + 1_000:
        raise InvalidInput.about(field, f"must be at most {max_length} characters")
    if _SURROGATE.search(value):
        raise InvalidInput.about(field, "contains half of a character pair: type or paste it again")
    if _CONTROL.search(value):
        raise InvalidInput.about(field, "contains invisible control characters: remove them")
    return value


def _trim(text: str) -> str:
    trimmed = text.strip().strip(_BYTE_ORDER_MARK).strip()
    return trimmed if trimmed == text else _trim(trimmed)


def _nfc(text: str, field: str) -> str:
    """Normalise to NFC; refuse first what makes that quadratic: one letter with very many combining marks."""
    if text.isascii():
        return text
    for run in _LONG_NON_ASCII.finditer(text):
        if _longest_mark_run(run.group()) > MAX_MARKS_IN_A_ROW:
            raise InvalidInput.about(field, "has too many accents on one character")
    return unicodedata.normalize("NFC", text)


def _longest_mark_run(text: str) -> int:
    longest = current = 0
    combining = unicodedata.combining
    for character in text:
        current = current + 1 if combining(character) else 0
        longest = max(longest, current)
    return longest


def _check_length(
    text: str, *, field: str, max_length: int, max_bytes: int | None, required: bool
) -> str:
    if len(text) > max_length:
        raise InvalidInput.about(
            field, f"must be at most {max_length:,} characters; it has {len(text):,}"
        )
    if max_bytes is not None and len(text.encode()) > max_bytes:
        raise InvalidInput.about(
            field, f"must be at most {max_bytes:,} bytes; it has {len(text.encode()):,}"
        )
    if _is_blank(text):
        if required:
            raise InvalidInput.about(field, "is required")
        return ""
    return text


def _is_blank(text: str) -> bool:
    """Whether nothing of the text is visible: only spaces, zero-width characters and fillers."""
    return all(
        character.isspace() or character in _INVISIBLE or unicodedata.category(character) == "Cf"
        for character in text
    )


def _custom_key(key: object, field: str) -> str:
    if isinstance(key, str) and _CUSTOM_KEY.fullmatch(key) and key not in _RESERVED_KEYS:
        return key
    raise InvalidInput.about(
        field,
        "has a name that is not allowed: start with a small letter, then up to 31 small letters,"
        " digits or underscores",
    )


def _custom_value(value: object, field: str, key: str) -> CustomValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return clean_text(value, field=key, max_length=MAX_CUSTOM_TEXT, required=False)
        except InvalidInput as error:
            raise InvalidInput(error.message, {field: error.message}) from error
    if isinstance(value, int) and abs(value) <= MAX_SAFE_INTEGER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise InvalidInput.about(
        field, f"has a value under “{key}” that is neither text, a number nor yes/no"
    )
