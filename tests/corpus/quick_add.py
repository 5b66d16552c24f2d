"""The table of quick-add: lines, and what they say. Both parsers, the server's and the browser's, are held to it.

A case of ``quick_add.jsonl`` has ``line`` and what differs from nothing: ``title``, ``assignee`` (a name of `PEOPLE`),
``priority``, ``tags``, ``due`` (a day, or a day and a time of it), ``notes`` ([kind, word]); ``today`` is a Tuesday
unless it says otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskforge.tasks.quick_add.syntax import QuickAdd
from taskforge.text.handles import make_nameables

TUESDAY = "2026-05-12"
PEOPLE = make_nameables(
    [
        ("p1", "Ann Lee", "lee@example.test"),
        ("p2", "Ann Park", "park@example.test"),
        ("p3", "Grace Hopper", "amazing.grace+work@example.test"),
        ("p4", "Max", "m@example.test"),
        ("p5", "Max Power", "power@example.test"),
        ("p6", "Zoë O'Neil-Smith", "zos@example.test"),
    ]
)


@dataclass(frozen=True)
class Case:
    """A line, the day on which it is written, and what it must say."""

    line: str
    today: str
    expected: dict[str, Any]


def due_text(found: QuickAdd) -> str | None:
    """What a line says of its day, as the table writes it."""
    if found.due_on is None:
        return None
    return f"{found.due_on}T{found.due_time:%H:%M}" if found.due_time else str(found.due_on)


def _case(told: dict[str, Any]) -> Case:
    nothing = {"assignee": None, "priority": None, "tags": [], "due": None, "notes": []}
    line, today = told.pop("line"), told.pop("today", TUESDAY)
    return Case(line, today, {**nothing, **told})


_FILE = Path(__file__).with_suffix(".jsonl")
CASES = [_case(json.loads(line)) for line in _FILE.read_text("utf-8").splitlines()]
