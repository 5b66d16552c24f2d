"""What the pages Activity of a board and of a team share: the filter in the address, the entries, the links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from taskforge.errors import InvalidInput
from taskforge.history.activity import Activity
from taskforge.history.activity_filter import (
    ENTITY_TYPES,
    KINDS,
    NAMES,
    ActivityFilter,
    read_activity_filter,
)
from taskforge.http.forms import id_or_none
from taskforge.stores import sql
from taskforge.tasks.board.filter_base import FORMER_MEMBER
from taskforge.text.devices import describe_device

Choices = list[tuple[str, str]]
MAX_GIVEN = 60  # characters of a value
IDS = ("who", "board")  # passed over where they name nothing
ONE_THING = "This one thing"


@dataclass(frozen=True)
class Asked:
    """The filter that an address names: as it was typed (``given``), read (``chosen``), and what is wrong with it."""

    given: Mapping[str, str]
    chosen: ActivityFilter
    problem: str

    def address(self, endpoint: str, **place: Any) -> str:
        """The address of a page with this filter."""
        chosen: dict[str, Any] = {name: value for name, value in self.given.items() if value}
        return url_for(endpoint, **place, **chosen)


def read_asked(names: Sequence[str] = NAMES) -> Asked:
    """The filter of this request, by those fields that the page has. ``person`` is an earlier word for ``who``."""
    given = {name: request.args.get(name, "").strip() for name in names}
    given["who"] = given["who"] or request.args.get("person", "")
    for name in IDS:
        if name in given:
            given[name] = id_or_none(given[name]) or ""
    try:
        return Asked(given, read_activity_filter(given), "")
    except InvalidInput as error:
        kept = {name: value[:MAX_GIVEN] for name, value in given.items()}
        return Asked(kept, ActivityFilter(), error.message)


def show_filter(
    asked: Asked, people: Iterable[sql.Row], boards: Iterable[sql.Row] | None = None
) -> dict[str, Any]:
    """The context of ``board_history/_activity_filter.html``; without `boards` there is no choice of one."""
    given, types = asked.given, {**ENTITY_TYPES}
    if boards is None:
        del types["team"]
    if asked.chosen.entity_id is not None:
        types[asked.chosen.entity_id] = ONE_THING
    kinds = [(event, words) for event, words in KINDS.items() if event.split(".")[0] in types]
    return {
        "given": {name: given.get(name, "") for name in NAMES},
        "problem": asked.problem,
        "is_filtered": not asked.chosen.is_empty,
        "people": _people_to_choose(people, given["who"]),
        "kinds": [("", "Everything"), *kinds],
        "things": [("", "Everything"), *types.items()],
        "boards": None if boards is None else _boards_to_choose(boards),
    }


def page_links(
    asked: Asked, found: Activity, *, endpoint: str, key: str, **place: Any
) -> dict[str, str | None]:
    """The addresses of the pages before and after; `key` is what of an event says where a page begins."""
    earlier = found.events[-1][key] if found.events and found.has_earlier else None
    later = found.events[0][key] if found.events and found.has_later else None
    return {
        "next_url": asked.address(endpoint, before=earlier, **place) if earlier else None,
        "later_url": asked.address(endpoint, after=later, **place) if later else None,
    }


def show_details(event: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says beside its sentence: the changed fields, and for admins from where it was done."""
    agent = event.get("user_agent")
    return {
        "changes": event["changes"],
        "address": event.get("ip_address"),
        "device": describe_device(agent) if agent else None,
        "board": None,
    }


def _people_to_choose(people: Iterable[sql.Row], person_id: str) -> Choices:
    """Everybody, the members, and whoever the address names besides."""
    choices = {"": "Everybody", **{row["user_id"]: row["display_name"] for row in people}}
    if person_id not in choices:
        choices[person_id] = FORMER_MEMBER
    return list(choices.items())


def _boards_to_choose(boards: Iterable[sql.Row]) -> Choices:
    return [
        ("", "Every board"),
        *(
            (row["board_id"], row["name"] if row["is_live"] else f"{row['name']} (deleted)")
            for row in boards
        ),
    ]
