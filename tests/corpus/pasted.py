"""The table of pasted texts: from where, what is left of the text, and the cards that quick-add makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """A pasted text."""

    origin: str
    text: str
    clean: str
    lines: list[str]


def _case(row: dict[str, object]) -> Case:
    return Case(row.pop("from"), **row)  # type: ignore[arg-type]


_FILE = Path(__file__).with_suffix(".jsonl")
CASES = [_case(json.loads(line)) for line in _FILE.read_text("utf-8").split("\n") if line]
