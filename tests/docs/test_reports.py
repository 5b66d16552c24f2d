"""The histories of docs/reports.md give the figures that the page has worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from taskforge import clock
from taskforge.api.reports import as_json
from taskforge.boards.statuses import STATUSES
from taskforge.reports.asked import read_asked
from taskforge.reports.catalogue import REPORTS
from taskforge.reports.transitions import Fold
from taskforge.reports.ways import Ways
from tests.docs.pages import ROOT

_BLOCKS = re.compile(r"^```history\n(.*?)^```$.*?^```figures\n(.*?)^```$", re.M | re.S)
PAGE = (ROOT / "docs/reports.md").read_text()


def parse(history: str) -> tuple[Ways, str]:
    zone, now = "UTC", datetime.now(UTC)
    events: list[dict[str, Any]] = []
    for line in history.splitlines():
        what, _, rest = line.partition(" ")
        if what == "zone":
            zone = rest
            continue
        local, acts = rest[:16], rest[16:].split()
        at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if what == "now":
            now = at
            continue
        status = acts[-1] if acts[-1] in STATUSES else None
        new: dict[str, Any] = (
            {"column_id": status, "status": status} if status else {"deleted": True}
        )
        event = "task.created" if acts[0] == "created" else "task.moved"
        events.append(
            {
                "board_seq": len(events) + 1,
                "event": event,
                "entity_id": what,
                "at": at,
                "new_state": new,
            }
        )
    assert events == sorted(events, key=lambda event: event["at"])
    periods = Fold().add(events).begun.values()
    return Ways(now, sorted(periods, key=lambda one: one[:2])), zone


def questions() -> Iterator[Any]:
    for number, (history, figures) in enumerate(_BLOCKS.findall(PAGE)):
        for block in figures.strip().split("\n\n"):
            asked, *lines = block.splitlines()
            yield pytest.param(history, asked.split(), lines, id=f"{number}-{asked.split()[0]}")


@pytest.mark.parametrize(("history", "asked", "lines"), list(questions()))
def test_a_worked_example(history: str, asked: list[str], lines: list[str]) -> None:
    ways, zone = parse(history)
    report = REPORTS[asked[0]]
    given = dict(zip(asked[1::2], asked[2::2], strict=True)) | {"zone": zone}
    with clock.frozen(ways.at):
        figures = as_json(report.make(ways, read_asked(given)))
    for line in lines:
        path, _, expected = line.partition(" = ")
        assert shown(pick(figures, path), expected) == expected, path


def pick(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def shown(value: Any, expected: str) -> str:
    """A value in the way in which the expected one is written."""
    if expected.endswith(" h"):
        return f"{value / 3600:g} h"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return {None: "none"}.get(value) or (f"{value:g}" if isinstance(value, float) else str(value))


def test_every_report_is_documented_and_no_other() -> None:
    table = PAGE.partition("| report |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.M) == list(REPORTS)
