"""What the filter of a board offers: every value with the number of cards that it would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.tasks.board.filters import DUES, FITS, NOBODY, CardFilter
from taskforge.tasks.models import PRIORITIES
from taskforge.text.people import Person, person_of

MOST_OFFERED = 60  # of one kind; those with the most cards, and what is chosen
GONE = "Someone who left"
NAMES = {
    "assignee": "Assignee",
    "priority": "Priority",
    "due": "Due",
    "tag": "Tag",
    "q": "Title",
}
VALUE_NAMES = {
    **{("priority", priority): priority.title() for priority in PRIORITIES},
    ("assignee", NOBODY): "Nobody",
    ("due", "overdue"): "Overdue",
    ("due", "week"): "Next 7 days",
    ("due", "none"): "No date",
}


@dataclass(frozen=True)
class Choice:
    """A value of the filter. `cards`: how many it would show beside what is chosen of the other kinds."""

    value: str
    name: str
    cards: int
    chosen: bool
    person: Person | None = None


@dataclass(frozen=True)
class Chip:
    """A value that is chosen, and the address (as a query) of the board without it."""

    kind: str
    name: str
    query: Mapping[str, Any]
    person: Person | None = None

    @property
    def kind_name(self) -> str:
        """What kind of value it is, in words."""
        return NAMES[self.kind]


def list_choices(board: sql.Row, wanted: CardFilter, today: datetime) -> dict[str, list[Choice]]:
    """What can be chosen on a board that the caller has been given access to, by kind; one statement.

    `today` is its first moment.
    """
    found = sql.rows(
        _COUNTS,
        {
            **wanted.parameters(),
            "board_id": board["board_id"],
            "team_id": board["team_id"],
            "now": today,
            "most": MOST_OFFERED,
        },
    )
    chosen = wanted.query()
    choices = {kind: _choices(kind, found, chosen.get(kind, [])) for kind in ("assignee", "tag")}
    counts = {(row["kind"], row["value"]): row["cards"] for row in found}
    for kind, values in (("priority", tuple(reversed(PRIORITIES))), ("due", DUES)):
        ticked = chosen.get(kind, [])
        choices[kind] = [
            Choice(value, VALUE_NAMES[kind, value], counts.get((kind, value), 0), value in ticked)
            for value in values
        ]
    return choices


def show_chips(
    wanted: CardFilter, people: Sequence[Mapping[str, Any]], further: Mapping[str, Any]
) -> list[Chip]:
    """The chosen values; `further` is what else stands in the board's address."""
    names = {person["user_id"]: person["display_name"] for person in people}
    chips = []
    for kind, values in wanted.query().items():
        for value in values:
            person = person_of(value, names.get(value)) if kind == "assignee" else None
            plain = GONE if kind == "assignee" else value
            name = person.display_name if person else VALUE_NAMES.get((kind, value), plain)
            query = {**wanted.without(kind, value).query(), **further}
            chips.append(Chip(kind, name, query, person))
    return chips


def _choices(kind: str, found: Sequence[sql.Row], chosen: Sequence[str]) -> list[Choice]:
    """People and tags by name; nobody first, and at the end what is chosen and has no card any more."""
    rows = {row["value"]: row for row in found if row["kind"] == kind}
    offered = sorted(rows.values(), key=lambda row: (row["value"] != NOBODY, row["name"].lower()))
    if kind == "tag":
        offered = sorted(rows.values(), key=lambda row: str(row["value"]).lower())
    choices = [
        Choice(
            value=row["value"],
            name=str(row["name"] or VALUE_NAMES.get((kind, row["value"]), row["value"])),
            cards=row["cards"],
            chosen=row["value"] in chosen,
            person=person_of(row["value"], row["name"])
            if kind == "assignee" and row["value"] != NOBODY
            else None,
        )
        for row in offered
    ]
    missing = [value for value in chosen if value not in rows]
    return choices + [
        Choice(value, GONE if kind == "assignee" else value, 0, chosen=True) for value in missing
    ]


_KINDS = ("assignee", "priority", "tag", "due")
_SHOWN = {  # how many cards of a group fit what is chosen of all other kinds
    kind: " AND ".join(f"fits_{other}" for other in _KINDS if other != kind) for kind in _KINDS
}
_USER = "coalesce(m.user_id, n.assignee_id)"
_COUNTS = text(
    "WITH cards AS MATERIALIZED (SELECT k.assignee_id, k.priority, k.tags,"
    f" {FITS['assignee']} AS fits_assignee, {FITS['priority']} AS fits_priority, {FITS['tag']} AS fits_tag,"
    f" {FITS['due']} AS fits_due, k.due_at IS NULL AS undated,"
    " k.status <> 'done' AND k.due_at < CAST(:now AS timestamptz) AS late,"
    " k.status <> 'done' AND k.due_at >= CAST(:now AS timestamptz)"
    " AND k.due_at < CAST(:now AS timestamptz) + interval '7 days' AS soon"
    f" FROM tasks k WHERE k.board_id = :board_id AND k.deleted_at IS NULL AND {FITS['words']})"
    # People: all of the team, and who has left with a card in their name.
    f" (SELECT 'assignee' AS kind, coalesce(CAST({_USER} AS text), 'none') AS value,"
    " coalesce(u.display_name, '') AS name, coalesce(n.cards, 0) AS cards FROM"
    f" (SELECT assignee_id, count(*) FILTER (WHERE {_SHOWN['assignee']}) AS cards FROM cards GROUP BY 1) n"
    " FULL JOIN (SELECT user_id FROM team_memberships WHERE team_id = :team_id) m"
    f" ON m.user_id = n.assignee_id LEFT JOIN users u ON u.user_id = {_USER}"
    f" ORDER BY {_USER} IS NULL DESC, {_USER} = ANY(CAST(:assignee_ids AS uuid[])) DESC NULLS LAST,"
    " cards DESC, name LIMIT :most)"
    f" UNION ALL SELECT 'priority', priority, '', count(*) FILTER (WHERE {_SHOWN['priority']})"
    " FROM cards GROUP BY priority"
    f" UNION ALL (SELECT 'tag', tag, '', count(*) FILTER (WHERE {_SHOWN['tag']}) AS cards"
    " FROM cards CROSS JOIN unnest(tags) AS tag GROUP BY tag"
    " ORDER BY tag = ANY(CAST(:wanted_tags AS text[])) DESC, cards DESC, tag LIMIT :most)"
    f" UNION ALL SELECT 'due', what, '', count(*) FILTER (WHERE {_SHOWN['due']} AND is_so) FROM cards"
    " CROSS JOIN LATERAL (VALUES ('overdue', late), ('week', soon), ('none', undated)) AS dues(what, is_so)"
    " GROUP BY what"
)
