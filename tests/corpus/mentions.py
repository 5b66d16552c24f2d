"""The table of mentions: texts, the names in them, and whom these mean. Server and browser are held to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from taskforge.text.handles import make_nameables
from tests.corpus.quick_add import PEOPLE as QUICK_ADD_PEOPLE

PEOPLE = [
    *QUICK_ADD_PEOPLE,
    *make_nameables(
        [
            ("m1", "Дарья Орлова", "orlova@example.test"),
            ("m2", "Δάφνη", "d@example.test"),
            ("m3", "نادية", "n@example.test"),
            ("m4", "雷 李", "l@example.test"),
            ("m5", "नेहा शर्मा", "sharma@example.test"),
            ("m6", "Straße Weg", "w@example.test"),
            ("m7", "Søren Å", "s@example.test"),
            ("m8", "José Sol", "sol@example.test"),
            ("m9", "Jose Paz", "paz@example.test"),
        ]
    ),
]


@dataclass(frozen=True)
class Case:
    """A text, and the names in it with the display names of those whom each may mean."""

    text: str
    found: list[list[object]]


_FILE = Path(__file__).with_suffix(".jsonl")
CASES = [Case(**json.loads(line)) for line in _FILE.read_text("utf-8").splitlines()]
