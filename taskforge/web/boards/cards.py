"""Cards and columns as a board draws them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, url_for
from markupsafe import Markup

from taskforge.stores import sql
from taskforge.tasks.board.queries import CARDS_PER_COLUMN, BoardView
from taskforge.text.people import Person, person_of

CARDS_KEPT = 10_000
SOME_ID = "00000000-0000-0000-0000-000000000000"


class Card(NamedTuple):
    """Everything that a card's face depends on, so that equal cards are drawn once. Nothing of who looks, or when."""

    task_id: str
    key: str
    title: str
    status: str
    priority: str
    due_at: datetime | None
    assignee: Person | None
    tags: tuple[str, ...]
    comment_count: int
    attachment_count: int
    checklist_done: int
    checklist_total: int
    version: int
    url: str


def show_card(row: sql.Row, root: str | None = None) -> Card:
    """The card of a reference row with its names. `root` is what the addresses of tasks begin with."""
    url = url_for("tasks.show", task_id=row["task_id"]) if root is None else root + row["task_id"]
    return Card(
        task_id=row["task_id"],
        key=row["key"],
        title=row["title"],
        status=row["status"],
        priority=row["priority"],
        due_at=row["due_at"],
        assignee=person_of(row["assignee_id"], row["assignee_name"]),
        tags=tuple(row["tags"]),
        comment_count=row["comment_count"],
        attachment_count=row["attachment_count"],
        checklist_done=row["checklist_done"],
        checklist_total=row["checklist_total"],
        version=row["version"],
        url=url,
    )


def draw_cards(rows: Iterable[sql.Row]) -> list[Markup]:
    """The HTML of each card. A card that was drawn before, unchanged, is not drawn again."""
    draw = _draw.__wrapped__ if current_app.debug else _draw
    # Asked once, not for every card.
    root = url_for("tasks.show", task_id=SOME_ID).removesuffix(SOME_ID)
    return [draw(show_card(row, root)) for row in rows]


def show_columns(view: BoardView, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """The columns of a board with their cards; `query` is the filter, for the address of the next page."""
    cards: dict[str, list[sql.Row]] = defaultdict(list)
    for row in view.cards:
        cards[row["column_id"]].append(row)
    # Not the first of those in view: that may be only some of them.
    first = view.first_column_id
    return [
        {
            **column,
            "first": column["column_id"] == first,
            "cards_html": draw_cards(cards[column["column_id"]]),
            "hidden_count": column["task_count"] - column["shown_count"],
            "next_cursor_url": next_cards_url(
                column,
                cards[column["column_id"]],
                query,
                more=column["shown_count"] > CARDS_PER_COLUMN,
            ),
        }
        for column in view.columns
    ]


def next_cards_url(
    column: sql.Row, cards: Sequence[sql.Row], query: Mapping[str, list[str]], *, more: bool
) -> str | None:
    """The address of the cards below the last one; None when there are none."""
    if not more or not cards:
        return None
    after = f"{cards[-1]['rank']}.{cards[-1]['task_id']}"
    place = {"board_id": column["board_id"], "column_id": column["column_id"]}
    address: dict[str, Any] = {**place, "after": after, **query}
    return url_for("boards.cards", **address)


@lru_cache(maxsize=CARDS_KEPT)
def _draw(card: Card) -> Markup:
    macros = current_app.jinja_env.get_template("_macros/card.html").module
    drawn: Markup = macros.task_card(card)  # type: ignore[attr-defined]
    return drawn
