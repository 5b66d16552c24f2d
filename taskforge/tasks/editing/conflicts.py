"""Two changes of one task: which fields of a change that was begun at an older version can still be made.

The rule is that of `taskforge.stores.field_conflicts`; every form and the API come through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.accounts.field_conflicts import require_settled
from taskforge.errors import FieldConflict, StaleVersion
from taskforge.stores.actor import Actor
from taskforge.stores.field_conflicts import Settlement, Touch, list_touched, settle
from taskforge.tasks.content import read_task_content
from taskforge.tasks.field_kinds import LongText
from taskforge.tasks.fields import BY_NAME, CONTENT_NAMES, EMPTY_CONTENT, RANK, earlier_value
from taskforge.text.merge import merge_texts

NEIGHBOURS = ("before_id", "after_id")
_WORDS = {name: field.words for name, field in BY_NAME.items()}


def settle_changes(
    actor: Actor, row: Mapping[str, Any], changes: Mapping[str, Any], *, version: int
) -> dict[str, Any]:
    """The changes that are to be made to the task that was read as `row`, of those that were meant for `version`.

    Raises:
        StaleVersion: some of the fields were changed by somebody else too, or there is no such version yet.
        Unavailable: somebody changed a text too, and its present state can't be read.
    """
    if version > row["version"]:
        raise StaleVersion()
    near = {name: changes[name] for name in NEIGHBOURS if name in changes}
    fields = {name: value for name, value in changes.items() if name not in near}
    touched = _list_touched(row["task_id"], [*fields, "column_id", RANK], version)
    place = {"column_id": fields.pop("column_id"), **near} if near else {}
    theirs = {**row, **(_read_content(actor, row) if _needs_content(fields, touched) else {})}
    settlement = settle(fields, theirs, touched, merge=_merge)
    if place:
        settlement = _settle_place(row, place, touched, settlement)
    return require_settled(actor, settlement, _WORDS)


def settle_move(
    actor: Actor, row: Mapping[str, Any], place: Mapping[str, Any], *, version: int | None
) -> dict[str, Any]:
    """The place to which a task that was read as `row` is to be moved; nothing where it is in that column already.

    `place` is a ``column_id`` and the neighbours in it, as they were meant for `version`. A move says where a task goes
    even where that is the column from which somebody else has taken it: it is never dropped as no change.

    Raises:
        StaleVersion: somebody else moved it elsewhere, or there is no such version yet.
    """
    if version is None or version == row["version"]:
        return dict(place)
    if version > row["version"]:
        raise StaleVersion()
    touched = _list_touched(row["task_id"], ["column_id", RANK], version)
    settlement = _settle_place(row, place, touched, Settlement({}, {}))
    return require_settled(actor, settlement, _WORDS)


def seen_state(
    row: Mapping[str, Any], content: Mapping[str, Any] | None, version: int
) -> dict[str, Any]:
    """The fields of a task as they were at a version; `row` and `content` (None: unreadable) are those of today."""
    today = {**row, **(content or {})}
    if version >= row["version"]:
        return today
    touched = _list_touched(row["task_id"], list(BY_NAME), version)
    return {**today, **{name: touch.base for name, touch in touched.items()}}


def keep_changed(values: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """Those values of a form that differ from what it showed, the fields `seen`, as texts.

    So a due time that the API set to the minute survives a form that shows only the day.
    """
    return {
        name: value
        for name, value in values.items()
        if name not in seen
        or BY_NAME[name].kind.form_text(value) != BY_NAME[name].kind.form_text(seen[name])
    }


def propose(name: str, conflict: FieldConflict) -> Any:
    """What a form offers for a field that two people changed: mine, in a long text with their other changes in it."""
    if not isinstance(BY_NAME[name].kind, LongText):
        return conflict.mine
    return merge_texts(conflict.base, conflict.mine, conflict.theirs).text


def _list_touched(task_id: str, names: list[str], version: int) -> dict[str, Touch]:
    found = list_touched("task", task_id, list(dict.fromkeys(names)), after=version)
    return {
        name: Touch(earlier_value(name, touch.base), touch.actor_id, touch.at)
        if name in BY_NAME
        else touch
        for name, touch in found.items()
    }


def _needs_content(mine: Mapping[str, Any], touched: Mapping[str, Touch]) -> bool:
    return any(name in mine and name in touched for name in CONTENT_NAMES)


def _read_content(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    return {**EMPTY_CONTENT, **read_task_content(actor, row)[1]}


def _merge(name: str, base: Any, mine: Any, theirs: Any) -> str | None:
    kind = BY_NAME[name].kind
    if not isinstance(kind, LongText):
        return None
    merged = merge_texts(base, mine, theirs)
    return merged.text if merged.is_clean and len(merged.text) <= kind.max_length else None


def _settle_place(
    row: Mapping[str, Any],
    place: Mapping[str, Any],
    touched: Mapping[str, Touch],
    others: Settlement,
) -> Settlement:
    """Add a place to what is settled already. One between neighbours stands against every other move in its column."""
    column_id, has_neighbour = place["column_id"], any(place.get(name) for name in NEIGHBOURS)
    stays = column_id == row["column_id"]
    other = touched.get(RANK if stays else "column_id")
    if other is None or (stays and not has_neighbour and "column_id" not in touched):
        return Settlement({**others.changes, **place}, others.conflicts)
    if stays and not has_neighbour:
        return others
    base = touched["column_id"].base if "column_id" in touched else row["column_id"]
    conflict = FieldConflict(
        mine=column_id, theirs=row["column_id"], base=base, by_id=other.actor_id, at=other.at
    )
    return Settlement(others.changes, {**others.conflicts, "column_id": conflict})
