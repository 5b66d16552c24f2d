"""Versions in requests and answers: a change of an outdated version is refused, with the current object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import marshmallow as ma
from flask import request

from taskforge.errors import FieldConflict, InvalidInput, StaleVersion
from taskforge.stores.operations import retry_on_stale
from taskforge.text.values import LAST_VERSION, parse_int

# A plain number, or an entity tag, weak or strong; compression adds its name to the tags it sends.
_ENTITY_TAG = re.compile(r'(?:W/)?"([^":]*)(?::[a-z]+)?"|([0-9]+)')

Answer = TypeVar("Answer")


def requested_version(body: Mapping[str, Any]) -> int | None:
    """The version that the client means to change, by body or If-Match; None if it names none.

    Raises:
        InvalidInput: If-Match is no version, or names another one than the body.
    """
    named: int | None = body.get("version")
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return named
    tag = _ENTITY_TAG.fullmatch(header)
    if tag is None:
        raise InvalidInput.about("If-Match", 'must be a version, such as "7"')
    version = parse_int(
        tag[1] if tag[1] is not None else tag[2], field="If-Match", minimum=1, maximum=LAST_VERSION
    )
    if named is not None and named != version:
        raise InvalidInput.about("version", "must be the same as in If-Match")
    return version


def tagged(answer: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, str]]:
    """An answer with its version as ETag, as a view returns it."""
    return answer, {"ETag": f'"{answer["version"]}"'}


@contextmanager
def showing_current(
    schema: ma.Schema, read: Callable[[], Any], *, fields: ma.Schema | None = None
) -> Iterator[None]:
    """Add to a `StaleVersion` what `read` answers, the object as it is now, and the fields in conflict, as JSON.

    `fields` is the schema of the fields, if they are not those of the object.
    """
    try:
        yield
    except StaleVersion as error:
        shown = {
            name: _show_conflict(fields or schema, name, conflict)
            for name, conflict in error.conflicts.items()
        }
        raise StaleVersion(
            error.message,
            {shown[name][0]: sentence for name, sentence in error.fields.items()},
            current=schema.dump(read()),
            shown_conflicts=dict(shown.values()),
        ) from error


def _show_conflict(
    schema: ma.Schema, name: str, conflict: FieldConflict
) -> tuple[str, dict[str, Any]]:
    """The name of a field in JSON, and its values."""
    sides = {"mine": conflict.mine, "theirs": conflict.theirs, "base": conflict.base}
    written = {side: schema.dump({name: value}) for side, value in sides.items()}
    json_name = next(iter(written["mine"]))
    return json_name, {side: one[json_name] for side, one in written.items()}


def change_latest(
    version: int | None, read_version: Callable[[], int], change: Callable[[int], Answer]
) -> Answer:
    """Run a change that needs a version: the named one, or the current one."""
    return retry_on_stale(
        lambda: change(read_version() if version is None else version), version=version
    )
