"""The filter of an activity: who did what, with what, from when to when, on which board. Addresses and the API name it.

The names are ``who``, ``what``, ``entity``, ``from``, ``to`` and ``board``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.events import Event, find_event
from taskforge.text import moments
from taskforge.text.values import is_uuid

NAMES = ("who", "what", "entity", "from", "to", "board")
ENTITY_TYPES = {
    "team": "The team",
    "board": "Boards",
    "task": "Cards",
    "comment": "Comments",
    "attachment": "Files",
}
# What can be chosen as ``what``: the events of a team and its boards, with their words.
KINDS = {
    event.value: f"{event.entity_type.capitalize()}: {event.value.partition('.')[2].replace('_', ' ')}"
    for event in Event
    if event.entity_type in ENTITY_TYPES
}
BAD_ENTITY = "must be team, board, task, comment or attachment, or the id of one thing"


@dataclass(frozen=True)
class ActivityFilter:
    """What of an activity is asked for; None is everything. ``until`` is the first instant that is not."""

    actor_id: str | None = None
    event: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    board_id: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it leaves nothing out."""
        return self == ActivityFilter()

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the statements, but the board."""
        return {
            "actor_id": self.actor_id,
            "event": self.event,
            "entity_type": self.entity_type,
            "entity_id": self.entity_id,
            "since": self.since,
            "until": self.until,
        }


def read_activity_filter(given: Mapping[str, str]) -> ActivityFilter:
    """The filter that is named by the values of ``who``, ``what`` and so on; an empty one asks for nothing.

    Raises:
        InvalidInput: one of them is no person, event, kind of thing, day or board.
    """
    entity = given.get("entity") or None
    if entity is not None and entity not in ENTITY_TYPES and not is_uuid(entity):
        raise InvalidInput.about("entity", BAD_ENTITY)
    event = given.get("what") or None
    if event is not None and (find_event(event) is None or event not in KINDS):
        raise InvalidInput.about("what", "is not one of the choices")
    since, until = _instant(given, "from"), _instant(given, "to", is_end=True)
    if since is not None and until is not None and since >= until:
        raise InvalidInput.about("to", "must not be before the beginning")
    return ActivityFilter(
        actor_id=_id(given, "who"),
        event=event,
        entity_type=entity if entity in ENTITY_TYPES else None,
        entity_id=entity if entity not in ENTITY_TYPES else None,
        since=since,
        until=until,
        board_id=_id(given, "board"),
    )


def _id(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name) or None
    if value is not None and not is_uuid(value):
        raise InvalidInput.about(name, "must be an id")
    return value


def _instant(given: Mapping[str, str], name: str, *, is_end: bool = False) -> datetime | None:
    """The instant of a day in the reader's zone, or of a time; the end of a day is the beginning of the next one."""
    value = given.get(name) or None
    if value is None:
        return None
    moment = moments.parse_moment(value.strip(), field=name)
    if isinstance(moment, datetime):
        return moment
    return clock.reader_time().start_of(moment + timedelta(days=1) if is_end else moment)
