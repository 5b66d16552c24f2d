"""From the audit events of a board's tasks to the periods of their lives. Pure: it asks no store.

Events come in the order of their ``board_seq``, all of one board. An event names the fields that it has changed; what
it does not name stays. An event that changes none of the four fields of a period begins no new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from taskforge.events import Event

BEGINNING = datetime.min.replace(tzinfo=UTC)
# event, entity_id, board_seq, at, new_state
AuditEvent = Mapping[str, Any]


class Period(NamedTuple):
    """A `TaskTransition` without its board."""

    task_id: str
    seq: int
    event: str
    column_id: str
    status: str
    assignee_id: str | None
    is_deleted: bool
    entered_at: datetime
    left_at: datetime | None


@dataclass
class Fold:
    """What some audit events of a board made of its tasks.

    ``latest`` holds the last period of each task that is known, from before and after them; ``begun`` the periods that
    began with these events, by task and number; ``ended`` the instants at which periods from before them ended, by task
    and number. ``at`` is the latest instant of any event so far.

    An event may have been begun before another one that got the board's lock first, and so be a moment older than that
    one. It counts from the moment of that one: on a board time never goes back, and what it was at an instant is what
    the events up to some number made of it.
    """

    latest: dict[str, Period] = field(default_factory=dict)
    begun: dict[tuple[str, int], Period] = field(default_factory=dict)
    ended: dict[tuple[str, int], datetime] = field(default_factory=dict)
    at: datetime = BEGINNING
    seq: int = 0

    def add(self, events: Iterable[AuditEvent]) -> Fold:
        """Apply events; the fold itself is changed, and answered."""
        for event in events:
            self.seq, self.at = event["board_seq"], max(self.at, event["at"])
            if event["event"] == Event.TASK_PURGED:
                self._end(event["entity_id"])
                self.latest.pop(event["entity_id"], None)
            else:
                self._change(event)
        return self

    def _change(self, event: AuditEvent) -> None:
        task_id, new = event["entity_id"], event["new_state"] or {}
        last = self.latest.get(task_id)
        if last is None and event["event"] != Event.TASK_CREATED:
            return
        # As the database gives it, column for column; a created task has no last period.
        following = Period(
            task_id,
            self.seq,
            event["event"],
            new["column_id"] if last is None else new.get("column_id", last.column_id),
            new["status"] if last is None else new.get("status", last.status),
            new.get("assignee_id", None if last is None else last.assignee_id),
            bool(new.get("deleted", False if last is None else last.is_deleted)),
            self.at,
            None,
        )
        if last is not None and last[3:7] == following[3:7]:
            return
        self._end(task_id)
        self.latest[task_id] = self.begun[(task_id, self.seq)] = following

    def _end(self, task_id: str) -> None:
        last = self.latest.get(task_id)
        if last is None:
            return
        place = (task_id, last.seq)
        if place in self.begun:
            self.begun[place] = last._replace(left_at=self.at)
        else:
            self.ended[place] = self.at
