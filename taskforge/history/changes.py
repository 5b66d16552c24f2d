"""What an audit event changed, field by field: the name of the field, and its value before and after, as words.

Only fields that are declared here or in `taskforge.tasks.fields` are shown. What was written on cards is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from taskforge.boards.statuses import STATUS_NAMES
from taskforge.history.team_sentences import SOMEBODY
from taskforge.tasks.fields import INPUT_FIELDS
from taskforge.teams.matrix import describe_difference, read_by_permission
from taskforge.text import moments

ANOTHER_TEAM = "another team"
MAX_VALUE = 400  # characters of a value


@dataclass(frozen=True)
class FieldChange:
    """A changed field; None stands for nothing."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Names:
    """The names that the reader may know, by id; of cards the numbers. A board that is not among them is left out."""

    people: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    boards: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str | None] = field(default_factory=dict)


Show = Callable[[Any, Names], str | None]


def list_changes(
    entity_type: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> list[FieldChange]:
    """The fields that an event of a team, a board or a task changed, in a fixed order."""
    find = _of_task if entity_type == "task" else _of_team_or_board
    return [
        change for change in find(before, after, names) if change and change.before != change.after
    ]


def named_ids(entity_type: str, state: Mapping[str, Any]) -> dict[str, set[str]]:
    """The ids of people, columns and teams whose names `list_changes` needs for a state."""
    people = {*state.get("members", {}), *state.get("limited", {}), *state.get("people", {})}
    people |= {state.get("assignee_id"), (state.get("invitation") or {}).get("user_id")}
    people |= {(state.get("view") or {}).get("user_id")}
    return {
        "people": {one for one in people if one},
        "columns": {one for one in [state.get("column_id")] if one and entity_type == "task"},
        "teams": {one for one in [state.get("parent_team_id")] if one},
    }


def _of_task(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> Iterator[FieldChange]:
    known = {**names.people, **names.columns}
    for one in INPUT_FIELDS:
        is_said_by_column = one.name == "status" and "column_id" in after
        if one.name in after and not one.kind.is_prose and not is_said_by_column:
            words = (one.kind.words(state.get(one.name), known) for state in (before, after))
            yield FieldChange(one.label, *words)


def _of_team_or_board(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> Iterator[FieldChange]:
    for name, (label, show) in _FIELDS.items():
        if name in after:
            yield FieldChange(label, show(before.get(name), names), show(after[name], names))
    if "permissions" in after:
        sides = [read_by_permission(state.get("permissions", {})) for state in (before, after)]
        yield FieldChange("Rights", None, describe_difference(*sides) or None)
    for name, show in _BY_PERSON.items():
        for user_id, value in after.get(name, {}).items():
            label = names.people.get(user_id, SOMEBODY)
            earlier = before.get(name, {}).get(user_id)
            yield FieldChange(label, show(earlier, names), show(value, names))
    for user_id, boards in after.get("boards", {}).items():
        earlier = before.get("boards", {}).get(user_id, {})
        for board_id in boards.keys() & names.boards.keys():
            label = f"{names.people.get(user_id, SOMEBODY)} sees {names.boards[board_id]}"
            yield FieldChange(
                label, _yes_no(earlier.get(board_id), names), _yes_no(boards[board_id], names)
            )


def _text(value: Any, _names: Names) -> str | None:
    words = str(value) if value not in (None, "") else None
    return words if words is None or len(words) <= MAX_VALUE else f"{words[:MAX_VALUE].rstrip()} …"


def _yes_no(value: Any, _names: Names) -> str | None:
    return None if value is None else "yes" if value else "no"


def _status(value: Any, _names: Names) -> str | None:
    return None if value is None else STATUS_NAMES.get(value, str(value))


def _team(value: Any, names: Names) -> str | None:
    return None if value is None else names.teams.get(value, ANOTHER_TEAM)


def _instant(value: Any, _names: Names) -> str | None:
    return None if value is None else moments.show_moment(datetime.fromisoformat(value))


def _limited(value: Any, _names: Names) -> str | None:
    return None if value is None else "limited to some boards" if value else "sees every board"


def _named(value: Any, _names: Names) -> str | None:
    return None if value is None else "named by the board" if value else "not named by the board"


_FIELDS: Mapping[str, tuple[str, Show]] = {
    "name": ("Name", _text),
    "description": ("Description", _text),
    "key_prefix": ("Key", _text),
    "parent_team_id": ("Part of", _team),
    "inherits_members": ("Members of the parent are members here", _yes_no),
    "hard_limits": ("Hard limits", _yes_no),
    "is_private": ("Private", _yes_no),
    "status": ("Status", _status),
    "wip_limit": ("Limit", _text),
    "two_factor_from": ("Two-factor log-in from", _instant),
}
_BY_PERSON: Mapping[str, Show] = {"members": _text, "limited": _limited, "people": _named}
