"""Which cards of a board are shown: the filter as an address says it, and as PostgreSQL applies it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from taskforge.errors import InvalidInput
from taskforge.tasks.models import PRIORITIES
from taskforge.text.validation import MAX_TAG_LENGTH, clean_line
from taskforge.text.values import is_uuid

NOBODY = "none"
DUES = ("overdue", "week", "none")
LISTS = ("assignee", "priority", "tag")  # the kinds of which an address may name several values
MOST_VALUES = 20  # of one kind; an address that names more is read up to there
LONGEST_WORDS = 100


@dataclass(frozen=True, kw_only=True)
class CardFilter:
    """Which cards are shown: those that fit one value of every kind that is given.

    ``assignees`` holds ids of people, or ``NOBODY``. ``today`` (UTC) is known only where ``due`` is given, so that
    equal filters mean the same cards.
    """

    assignees: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    due: str | None = None
    words: str = ""
    today: date | None = None

    @property
    def count(self) -> int:
        """How many values are chosen."""
        lists = len(self.assignees) + len(self.priorities) + len(self.tags)
        return lists + bool(self.due) + bool(self.words)

    def query(self) -> dict[str, list[str]]:
        """The filter as it stands in an address."""
        given = {
            "assignee": list(self.assignees),
            "priority": list(self.priorities),
            "tag": list(self.tags),
            "due": [self.due] if self.due else [],
            "q": [self.words] if self.words else [],
        }
        return {name: values for name, values in given.items() if values}

    def parameters(self) -> dict[str, Any]:
        """What the conditions in `FITS` are bound to."""
        today = datetime.combine(self.today or date.min, time(), UTC)
        return {
            "by_assignee": bool(self.assignees),
            "assignee_ids": [value for value in self.assignees if value != NOBODY],
            "unassigned": NOBODY in self.assignees,
            "by_priority": bool(self.priorities),
            "priorities": list(self.priorities),
            "by_tag": bool(self.tags),
            "wanted_tags": list(self.tags),
            "due": self.due or "",
            "today": today,
            "words": self.words,
        }

    def without(self, kind: str, value: str) -> CardFilter:
        """The same without one of its values; `kind` is the name in the address."""
        if kind == "due":
            return replace(self, due=None, today=None)
        if kind == "q":
            return replace(self, words="")
        field = {"assignee": "assignees", "priority": "priorities", "tag": "tags"}[kind]
        left: Any = tuple(other for other in getattr(self, field) if other != value)
        return replace(self, **{field: left})


def read_filter(given: Mapping[str, Sequence[str]], today: date) -> CardFilter:
    """The filter of an address, `given` by name; what is no filter is passed over."""
    due = next((value for value in given.get("due", ()) if value in DUES), None)
    return CardFilter(
        assignees=_some(given, "assignee", lambda value: value == NOBODY or is_uuid(value)),
        priorities=_some(given, "priority", lambda value: value in PRIORITIES),
        tags=_some(given, "tag", lambda value: 0 < len(value) <= MAX_TAG_LENGTH),
        due=due,
        words=_read_words(given.get("q", ())),
        today=today if due in ("overdue", "week") else None,
    )


def _some(
    given: Mapping[str, Sequence[str]], name: str, fits: Callable[[str], bool]
) -> tuple[str, ...]:
    values = dict.fromkeys(value for value in given.get(name, ()) if fits(value))
    return tuple(list(values)[:MOST_VALUES])


def _read_words(values: Iterable[str]) -> str:
    try:
        return clean_line(
            next(iter(values), ""), field="q", max_length=LONGEST_WORDS, required=False
        )
    except InvalidInput:
        return ""


# Each kind is true for a task `k` that fits it, or where it is not asked for.
FITS = {
    "assignee": (
        "(NOT :by_assignee OR k.assignee_id = ANY(CAST(:assignee_ids AS uuid[]))"
        " OR (:unassigned AND k.assignee_id IS NULL))"
    ),
    "priority": "(NOT :by_priority OR k.priority = ANY(CAST(:priorities AS text[])))",
    "tag": "(NOT :by_tag OR k.tags && CAST(:wanted_tags AS varchar[]))",
    "due": (
        "(CASE :due WHEN '' THEN true WHEN 'none' THEN k.due_at IS NULL"
        " WHEN 'overdue' THEN k.status <> 'done' AND k.due_at < CAST(:today AS timestamptz)"
        " ELSE k.status <> 'done' AND k.due_at >= CAST(:today AS timestamptz)"
        " AND k.due_at < CAST(:today AS timestamptz) + interval '7 days' END)"
    ),
    "words": "(:words = '' OR strpos(lower(k.title), lower(:words)) > 0)",
}
FILTER = " AND ".join(FITS.values())
