"""The columns of the reference row and the fields of the mirror that hold the row fields: some need more than one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.tasks.fields import CORE_NAMES, ROW_FIELDS

# Fields whose value is in several columns, and the columns of all row fields.
_COMPOSED = tuple(
    (field, flags) for field in ROW_FIELDS if (flags := tuple(field.kind.flags(field.name)))
)
ROW_COLUMNS = (*CORE_NAMES, *(name for _, flags in _COMPOSED for name in flags))


def compose_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as PostgreSQL answers it, with one value for each field; a composed row stays as it is."""
    composed = dict(row)
    for field, flags in _COMPOSED:
        if flags[0] in composed:
            composed[field.name] = field.kind.from_columns(field.name, composed)
            for name in flags:
                del composed[name]
    return composed


def row_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that hold the row fields, from a value for each of them."""
    columns: dict[str, Any] = {}
    for field in ROW_FIELDS:
        columns |= field.kind.to_columns(field.name, values[field.name])
    return columns


def mirrored_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the mirror that hold the row fields, from a value for each of them."""
    mirrored: dict[str, Any] = {}
    for field in ROW_FIELDS:
        mirrored |= field.kind.mirrored(field.name, values[field.name])
    return mirrored
