"""The demo's half year as a list of steps, made from a seed alone: who does what to which card, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from taskforge import clock
from taskforge.demo.words import BOARDS, CHECKLIST, COMMENTS, DESCRIPTIONS, PEOPLE, TAGS

HALF_YEAR = timedelta(days=182)
WAY = ("todo", "in_progress", "in_review", "done")
# Hours that a card usually stays before it takes the next step of the way.
USUAL_HOURS = {"backlog": 900, "todo": 320, "in_progress": 260, "in_review": 110}
PRIORITIES = ("low", "medium", "medium", "medium", "high", "urgent")


@dataclass(frozen=True, order=True)
class Step:
    """Something that happened: at an instant, to a card (a number of the story), by a person (an index)."""

    at: datetime
    card: int
    kind: str = field(compare=False)
    person: int = field(compare=False)
    details: dict[str, Any] = field(compare=False, default_factory=dict)


def tell(seed: int, until: datetime, *, share: float = 1.0) -> list[Step]:
    """All steps in order of time, ending at `until`; `share` makes the boards smaller (for tests).

    The same seed and end give the same story, to the millisecond.
    """
    random = Random(seed)  # noqa: S311 - a story, not a secret
    steps: list[Step] = []
    card = 0
    for board, (_name, size, things, phrases) in enumerate(BOARDS):
        titles = [phrase.format(thing) for thing in things for phrase in phrases]
        for title in random.sample(titles, max(1, round(size * share))):
            steps += _live(random, card, board, title, until)
            card += 1
    return sorted(step for step in steps if step.at <= until)


def _live(random: Random, card: int, board: int, title: str, until: datetime) -> Iterator[Step]:
    """The life of one card. Old cards are mostly done, young ones have not begun."""
    born = until - HALF_YEAR * random.betavariate(1.0, 1.1)
    creator, owner = random.randrange(len(PEOPLE)), random.randrange(len(PEOPLE))
    yield Step(
        clock.to_milliseconds(born), card, "create", creator, _birth(random, board, title, born)
    )
    at = born
    for status in _way(random):
        at += timedelta(hours=random.expovariate(1 / USUAL_HOURS[status[0]]))
        if at >= until:
            return
        moment = clock.to_milliseconds(at)
        if status[1] == "todo":
            yield Step(moment, card, "assign", creator, {"owner": owner})
        yield Step(moment + timedelta(seconds=30), card, "move", owner, {"status": status[1]})
        if random.random() < 0.35:
            yield Step(moment + timedelta(minutes=random.randrange(5, 300)), card, "comment",
                       random.randrange(len(PEOPLE)), {"text": _remark(random)})  # fmt: skip
        if random.random() < 0.12:
            yield Step(
                moment + timedelta(minutes=3),
                card,
                "edit",
                creator,
                {"priority": random.choice(PRIORITIES)},
            )


def _way(random: Random) -> Iterator[tuple[str, str]]:
    """From column to column; one card in six is sent back from review once."""
    at = "backlog"
    for status in WAY:
        yield at, status
        if status == "in_review" and random.random() < 0.17:
            yield "in_review", "in_progress"
            yield "in_progress", "in_review"
        at = status


def _birth(random: Random, board: int, title: str, born: datetime) -> dict[str, Any]:
    has_due = random.random() < 0.4
    has_list = random.random() < 0.25
    return {
        "board": board,
        "title": title,
        "priority": random.choice(PRIORITIES),
        "due_at": clock.to_milliseconds(born + timedelta(days=random.randrange(7, 60)))
        if has_due
        else None,
        "description": random.choice(DESCRIPTIONS),
        "tags": random.sample(TAGS, random.choice((0, 1, 1, 2))),
        "checklist": [(line, random.random() < 0.5) for line in CHECKLIST] if has_list else [],
    }


def _remark(random: Random) -> str:
    first, last = random.choice(PEOPLE)
    return random.choice(COMMENTS).format(mention=f"{first}.{last}".lower())
