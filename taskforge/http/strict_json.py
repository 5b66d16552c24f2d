"""Reads JSON strictly: JSON that two parsers could read differently is refused.

The standard library decodes; the checks around it refuse what it lets through: duplicate keys, NaN and Infinity,
integers beyond 64 bits, deep nesting, encodings other than UTF-8, control characters and lone surrogates (which no
store can hold).
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from taskforge.errors import InvalidInput, Malformed

MAX_DEPTH = 32
_MAX_INTEGER_DIGITS = 20  # "-9223372036854775808" and its neighbours; longer is out of range
_INT64 = range(-(2**63), 2**63)

# A string, finished or not: an unfinished one must match too, or a hostile body makes the search
# start again at each of its quotes.  Possessive, so that it never steps back.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_BRACES_TO_BRACKETS = bytes.maketrans(b"{}", b"[]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FORBIDDEN_KEYS = frozenset({"__proto__"})


def loads_object(raw: bytes) -> dict[str, object]:
    """The JSON object in ``raw``. Raises like `loads`, and ``Malformed`` for any other top-level value."""
    value = loads(raw)
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object, like {“title”: “…”}.")
    return value


def loads(raw: bytes) -> object:
    """The one JSON value in ``raw``, which must be UTF-8 without a byte-order mark.

    Raises:
        Malformed: it breaks a rule of this module.
        InvalidInput: a text holds a lone surrogate; that is a wrong value in well-formed JSON.
    """
    text = _decoded(raw)
    if _depth_exceeds(raw, MAX_DEPTH):
        raise Malformed(f"The JSON is nested more than {MAX_DEPTH} levels deep, or never closed.")
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(
            f"The body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:  # can't happen below MAX_DEPTH; a second check
        raise Malformed("The JSON is nested too deeply.") from error
    # Strings can only hold something odd if it was escaped or is outside ASCII.
    if b"\\" in raw or not text.isascii() or b"\x7f" in raw:
        _check_strings(value)
    return value


def _decoded(raw: bytes) -> str:
    if not raw.strip(b" \t\r\n"):
        raise Malformed("The body is empty: send a JSON object.")
    if raw.startswith(_BYTE_ORDER_MARKS) or b"\x00" in raw:
        raise Malformed("Send JSON as UTF-8 without a byte-order mark.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not valid UTF-8 at byte {error.start}.") from error


def _depth_exceeds(raw: bytes, limit: int) -> bool:
    """Whether brackets outside strings nest deeper than ``limit``, or do not pair up.

    Removing every adjacent pair takes away exactly one level, at the speed of ``bytes.replace``.
    """
    if raw.count(b"[") + raw.count(b"{") <= limit:
        return False
    brackets = _STRING.sub(b"", raw).translate(_BRACES_TO_BRACKETS, _NOT_BRACKETS)
    for _ in range(limit):
        shorter = brackets.replace(b"[]", b"")
        if not shorter:
            return False
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return True


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Malformed("The JSON names the same key twice in one object.")
    if not _FORBIDDEN_KEYS.isdisjoint(result):
        raise Malformed("The JSON uses a key that is not allowed.")
    return result


def _integer(digits: str) -> int:
    if len(digits) > _MAX_INTEGER_DIGITS or (number := int(digits)) not in _INT64:
        raise Malformed("The JSON holds a whole number beyond 64 bits.")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Malformed("The JSON holds a number too large to keep.")
    return number


def _constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)


def _check_strings(value: object) -> None:
    """Refuse control characters (the request is broken) before surrogates (a value is)."""
    surrogate_in: str | None = None
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        name, item = waiting.pop()
        if isinstance(item, str):
            if item.isprintable():
                continue
            if _CONTROL.search(item):
                raise Malformed("The JSON holds text with control characters.")
            if _SURROGATE.search(item):
                surrogate_in = surrogate_in or name or "text"
        elif isinstance(item, dict):
            waiting.extend((name, key) for key in item)
            waiting.extend((name or key, inner) for key, inner in item.items())
        elif isinstance(item, list):
            waiting.extend((name, inner) for inner in item)
    if surrogate_in is not None:
        printable = _SURROGATE.sub("\ufffd", surrogate_in)
        raise InvalidInput.about(printable, "contains half of a character pair")
