"""Who asks in the tests of queries, what tasks are made of, and a part of a query with what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

STATUSES = ["backlog", "todo", "in_progress", "in_review", "done"]
PRIORITIES = ["low", "medium", "high", "urgent"]
TAGS = ["legal", "Legal", "quick win", "Straße", "none", "a,b", "или"]
TITLES = ["Draft the report", "Café über alles", "100% of “it”", "or not", "WEB-3 again", "x:y (z)"]
WORDS = [
    "report",
    "THE",
    "cafe",
    "uber",
    "%",
    "“it”",
    "or not",
    "x:y",
    "web-3",
    "legal",
    "win",
    "q",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAY = timedelta(days=1)
Task = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Who reads, when and where, and the names of the people and columns that they see."""

    user_id: str
    now: datetime
    zone: ZoneInfo
    people: dict[str, str]
    columns: dict[str, str]
    prefix: str

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


Fits = Callable[[Task, Reader], bool]


@dataclass(frozen=True)
class Said:
    """A part of a query: its text, and who fits it."""

    text: str
    fits: Fits
