"""The demo scenario: half a year as a list of steps, made from a seed alone: who does what to which card, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from taskforge import clock
from taskforge.boards.statuses import Status
from taskforge.demo.words import BOARDS, CHECKLIST, COMMENTS, DESCRIPTIONS, PEOPLE, TAGS

HALF_YEAR = timedelta(days=182)
MOVES = (Status.TODO.value, Status.IN_PROGRESS.value, Status.IN_REVIEW.value, Status.DONE.value)
# Hours that a card usually stays before it takes the next step of the way.
USUAL_HOURS = {
    Status.BACKLOG.value: 900,
    Status.TODO.value: 320,
    Status.IN_PROGRESS.value: 260,
    Status.IN_REVIEW.value: 110,
}
PRIORITIES = ("low", "medium", "medium", "medium", "high", "urgent")


@dataclass(frozen=True, order=True)
class Step:
    """Something that happened: at an instant, to a card (a number of the scenario), by a person (an index)."""

    at: datetime
    card: int
    kind: str = field(compare=False)
    person: int = field(compare=False)
    details: dict[str, Any] = field(compare=False, default_factory=dict)


def write_scenario(seed: int, until: datetime, *, share: float = 1.0) -> list[Step]:
    """All steps in order of time, ending at `until`; `share` makes the boards smaller (for tests).

    The same seed and end give the same scenario, to the millisecond.
    """
    random = Random(seed)  # noqa: S311 - test data, not a secret
    steps: list[Step] = []
    card = 0
    for board, (_name, size, things, phrases) in enumerate(BOARDS):
        titles = [phrase.format(thing) for thing in things for phrase in phrases]
        for title in random.sample(titles, max(1, round(size * share))):
            steps += _card_steps(random, card, board, title, until)
            card += 1
    return sorted(step for step in steps if step.at <= until)


def _card_steps(
    random: Random, card: int, board: int, title: str, until: datetime
) -> Iterator[Step]:
    """The steps of one card. Old cards are mostly done, new ones are still in the backlog."""
    created_at = until - HALF_YEAR * random.betavariate(1.0, 1.1)
    creator, owner = random.randrange(len(PEOPLE)), random.randrange(len(PEOPLE))
    yield Step(
        clock.to_milliseconds(created_at),
        card,
        "create",
        creator,
        _creation_details(random, board, title, created_at),
    )
    at = created_at
    for status in _moves(random):
        at += timedelta(hours=random.expovariate(1 / USUAL_HOURS[status[0]]))
        if at >= until:
            return
        moment = clock.to_milliseconds(at)
        if status[1] == Status.TODO.value:
            yield Step(moment, card, "assign", creator, {"owner": owner})
        yield Step(moment + timedelta(seconds=30), card, "move", owner, {"status": status[1]})
        if random.random() < 0.35:
            yield Step(moment + timedelta(minutes=random.randrange(5, 300)), card, "comment",
                       random.randrange(len(PEOPLE)), {"text": _comment_text(random)})  # fmt: skip
        if random.random() < 0.12:
            yield Step(
                moment + timedelta(minutes=3),
                card,
                "edit",
                creator,
                {"priority": random.choice(PRIORITIES)},
            )


def _moves(random: Random) -> Iterator[tuple[str, str]]:
    """From status to status; one card in six is sent back from review once."""
    at = Status.BACKLOG.value
    for status in MOVES:
        yield at, status
        if status == Status.IN_REVIEW.value and random.random() < 0.17:
            yield Status.IN_REVIEW.value, Status.IN_PROGRESS.value
            yield Status.IN_PROGRESS.value, Status.IN_REVIEW.value
        at = status


def _creation_details(
    random: Random, board: int, title: str, created_at: datetime
) -> dict[str, Any]:
    has_due = random.random() < 0.4
    has_list = random.random() < 0.25
    return {
        "board": board,
        "title": title,
        "priority": random.choice(PRIORITIES),
        "due_at": _due_moment(created_at, random.randrange(7, 60)) if has_due else None,
        "description": random.choice(DESCRIPTIONS),
        "tags": random.sample(TAGS, random.choice((0, 1, 1, 2))),
        "checklist": [(line, random.random() < 0.5) for line in CHECKLIST] if has_list else [],
    }


def _due_moment(created_at: datetime, days: int) -> date:
    """A day some days later; every fifth one with a time."""
    due_on = (created_at + timedelta(days=days)).date()
    return datetime.combine(due_on, time(15), UTC) if days % 5 == 0 else due_on


def _comment_text(random: Random) -> str:
    first, last = random.choice(PEOPLE)
    return random.choice(COMMENTS).format(mention=f"{first}.{last}".lower())
