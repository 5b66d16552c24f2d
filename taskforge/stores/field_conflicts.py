"""The one rule for two changes of the same thing: field by field.

Who changes something names the version that they saw. A field that nobody else changed since is set. A field that
somebody else changed stays as they left it where the caller did not change it, or changed it to the same; two changes
of a text are merged where they touch different lines. What is left stands against each other: then nothing of the
request is stored, and the caller is told `mine`, `theirs` and `base` of each such field.

What others changed, and what the field was before, comes from the audit events after the version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskforge.errors import FieldConflict
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

# merge(name, base, mine, theirs) answers the text that has both changes, or None.
Merge = Callable[[str, Any, Any, Any], Any | None]


@dataclass(frozen=True)
class Touch:
    """A field that was changed after a version: its value at that version, and who changed it last, and when."""

    base: Any
    actor_id: str | None
    at: datetime


@dataclass(frozen=True)
class Settlement:
    """What is to be set, and the fields that stand against each other."""

    changes: Mapping[str, Any]
    conflicts: Mapping[str, FieldConflict]


def list_touched(
    entity_type: str,
    entity_id: str,
    names: Sequence[str],
    *,
    after: int,
    event: str | None = None,
    column_id: str | None = None,
    uow: UnitOfWork | None = None,
) -> dict[str, Touch]:
    """Those of the fields that audit events after a version changed; ``base`` is a value of the audit log.

    `event` leaves out all other events, `column_id` those of other columns of a board. It is read in the transaction of
    `uow`, if one is given.
    """
    parameters = {
        "entity_type": entity_type,
        "entity_id": entity_id,
        "names": list(names),
        "after": after,
        "event": event,
        "column_id": column_id,
    }
    found = (
        sql.rows(_TOUCHED, parameters)
        if uow is None
        else uow.execute(_TOUCHED, parameters).mappings().all()
    )
    return {row["name"]: Touch(row["base"], row["actor_id"], row["at"]) for row in found}


def settle(
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    touched: Mapping[str, Touch],
    *,
    merge: Merge | None = None,
) -> Settlement:
    """Decide every field of `mine`, the caller's changes; `theirs` are the stored values."""
    changes: dict[str, Any] = {}
    conflicts: dict[str, FieldConflict] = {}
    for name, value in mine.items():
        touch = touched.get(name)
        if touch is None or touch.base == theirs[name]:
            changes[name] = value
        elif value not in (touch.base, theirs[name]):
            merged = merge(name, touch.base, value, theirs[name]) if merge else None
            if merged is not None:
                changes[name] = merged
                continue
            conflicts[name] = FieldConflict(
                mine=value,
                theirs=theirs[name],
                base=touch.base,
                by_id=touch.actor_id,
                at=touch.at,
            )
    return Settlement(changes, conflicts)


# For each field that was changed after a version: its value before the first of these changes, and the last of them.
_TOUCHED = text("""
    WITH touched AS (
        SELECT f.name, min(l.entity_version) AS first, max(l.entity_version) AS last
        FROM   audit_logs l
               CROSS JOIN unnest(CAST(:names AS text[])) AS f (name)
        WHERE  l.entity_type = :entity_type AND l.entity_id = :entity_id AND l.entity_version > :after
               AND (CAST(:event AS text) IS NULL OR l.event = :event)
               AND (CAST(:column_id AS text) IS NULL OR l.new_state ->> 'column_id' = :column_id)
               AND l.new_state -> f.name IS NOT NULL
               AND l.new_state -> f.name IS DISTINCT FROM l.previous_state -> f.name
        GROUP  BY f.name)
    SELECT t.name, before.previous_state -> t.name AS base, l.actor_id, l.action_timestamp AS at
    FROM   touched t
           JOIN audit_logs before ON before.entity_type = :entity_type AND before.entity_id = :entity_id
                                     AND before.entity_version = t.first
           JOIN audit_logs l ON l.entity_type = :entity_type AND l.entity_id = :entity_id
                                AND l.entity_version = t.last
""")
