"""The decisions are numbered without gaps, short, and all of one shape."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MAX_LINES = 40


def test_they_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_each_is_short_and_says_context_decision_and_consequences(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= MAX_LINES
    title = re.fullmatch(r"# (\d+)\. .+ \((accepted|superseded by \d+), \d{4}-\d{2}\)", lines[0])
    assert title is not None
    assert int(title[1]) == int(path.name[:4])
    headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert headings[0] == "Context"
    assert {"Decision", "Consequences"} <= set(headings)
