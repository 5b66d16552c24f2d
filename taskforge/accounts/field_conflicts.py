"""Changes of a thing that was seen at an older version: what of them is made, and the sentences about the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.accounts.queries import list_display_names
from taskforge.errors import FieldConflict, StaleVersion
from taskforge.stores.actor import Actor
from taskforge.stores.field_conflicts import Merge, Settlement, list_touched, settle
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.text.merge import merge_texts
from taskforge.text.moments import show_when


def settle_fields(
    actor: Actor,
    entity: tuple[str, str],
    changes: Mapping[str, Any],
    stored: Mapping[str, Any],
    *,
    seen: int | None,
    current: int,
    words: Mapping[str, str] | None = None,
    event: str | None = None,
    column_id: str | None = None,
    uow: UnitOfWork | None = None,
    merge: Merge | None = None,
) -> dict[str, Any]:
    """The changes that are to be made to an entity (its type and its id) with the fields `stored`.

    `seen` is the version that the caller saw (None: any), `current` the present one. `event`, `column_id` and `uow` are
    those of `taskforge.stores.field_conflicts.list_touched`; `merge` that of `settle`.

    Raises:
        StaleVersion: somebody else changed some of the fields too, or there is no such version yet.
    """
    if seen is None or seen == current:
        return dict(changes)
    if seen > current:
        raise StaleVersion()
    touched = list_touched(
        *entity, list(changes), after=seen, event=event, column_id=column_id, uow=uow
    )
    settlement = settle(changes, stored, touched, merge=merge)
    return require_settled(actor, settlement, words or {}, uow)


def merge_lines(base: str, mine: str, theirs: str) -> str | None:
    """A text with both changes; None where they stand against each other."""
    merged = merge_texts(base, mine, theirs)
    return merged.text if merged.is_clean else None


def require_settled(
    actor: Actor, settlement: Settlement, words: Mapping[str, str], uow: UnitOfWork | None = None
) -> dict[str, Any]:
    """The changes that are to be made, if no field stands against another; `words` name the fields in a sentence.

    Names are read in the transaction of `uow`, if one is given.

    Raises:
        StaleVersion: some do; it has a sentence about each.
    """
    conflicts = settlement.conflicts
    if not conflicts:
        return dict(settlement.changes)
    names = list_display_names((conflict.by_id for conflict in conflicts.values()), uow)
    sentences = {
        name: _say(actor, conflict, words.get(name, name.replace("_", " ")), names)
        for name, conflict in conflicts.items()
    }
    raise StaleVersion(
        " ".join(sentences.values()),
        sentences,
        conflicts=conflicts,
        settled=settlement.changes,
    )


def _say(actor: Actor, conflict: FieldConflict, word: str, names: Mapping[str, str]) -> str:
    who = names.get(conflict.by_id or "", "TaskForge")
    when = show_when(conflict.at)
    if conflict.by_id == actor.user_id:
        return f"You changed the {word} in another window {when}."
    return f"{who} changed the {word} {when}, while you were editing it."
