"""Which of the lines that wait a mail takes, by what is true of them when it is made: a pure function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from taskforge.notifications.bundles.schedule import COALESCING, Schedule, due_at


@dataclass(frozen=True)
class WaitingLine:
    """A line that is to be mailed, as it is now.

    ``is_wanted`` says that its reader still wants mail of it and that it is still true, ``is_visible`` that they still
    see what it is about.
    """

    notification_id: str
    due_at: datetime
    is_read: bool = False
    is_archived: bool = False
    snoozed_until: datetime | None = None
    is_wanted: bool = True
    is_visible: bool = True


@dataclass(frozen=True)
class Selection:
    """What becomes of lines, by their ids: mailed, mailed later (when?), or never."""

    taken: list[str] = field(default_factory=list)
    later: dict[str, datetime] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)


def select(lines: Iterable[WaitingLine], schedule: Schedule, now: datetime) -> Selection:
    """Choose the lines of a mail that is made now. What would be due within a minute goes with it."""
    chosen = Selection()
    for line in lines:
        due = line.due_at
        if line.snoozed_until is not None:
            due = due_at(schedule, line.snoozed_until)
        if (
            not line.is_wanted
            or not line.is_visible
            or line.is_archived
            or (line.is_read and line.snoozed_until is None)
        ):
            chosen.dropped.append(line.notification_id)
        elif due > now + COALESCING:
            chosen.later[line.notification_id] = due
        else:
            chosen.taken.append(line.notification_id)
    return chosen
