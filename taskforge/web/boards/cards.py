"""Cards and columns of a board: their values for templates, and the rendered cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, url_for
from markupsafe import Markup

from taskforge import clock
from taskforge.clock import UTC_ZONE
from taskforge.stores import sql
from taskforge.tasks.board.queries import CARDS_PER_COLUMN, BoardView
from taskforge.tasks.fields import CARD_FACTS
from taskforge.text.moments import Moment, show_moment
from taskforge.text.people import Person, person_of
from taskforge.web.attachments.presenters import thumbnail_address
from taskforge.web.boards.picture_sheet import PictureSheet, picture_sheet

MAX_CACHED_CARDS = 10_000
MAX_TAGS = 3  # on a card; the others are counted
PLACEHOLDER_ID = "00000000-0000-0000-0000-000000000000"


class Fact(NamedTuple):
    """A plain field on a card: its icon, its label, and its value as a text."""

    icon: str
    title: str
    text: str


class Card(NamedTuple):
    """All values that a card's HTML depends on: the key of the cache of rendered cards.

    So it holds nothing of the viewer or of the present time.
    """

    task_id: str
    key: str
    title: str
    status: str
    priority: str
    due_at: Moment | None
    due_text: str
    assignee: Person | None
    tags: tuple[str, ...]
    more_tags: int
    comment_count: int
    attachment_count: int
    checklist_done: int
    checklist_total: int
    facts: tuple[Fact, ...]
    version: int
    url: str
    cover: str | None  # the address of the image at its top
    shared_picture: str | None  # where the assignee's picture is in the board's sheet


def show_card(row: sql.Row, root: str | None = None, sheet: PictureSheet | None = None) -> Card:
    """The card of a task's row with its names. `root` is the part of a task's address before its id."""
    url = url_for("tasks.show", task_id=row["task_id"]) if root is None else root + row["task_id"]
    return Card(
        task_id=row["task_id"],
        key=row["key"],
        title=row["title"],
        status=row["status"],
        priority=row["priority"],
        due_at=row["due_at"],
        due_text=_show_due(row["due_at"]),
        assignee=person_of(
            row["assignee_id"], row["assignee_name"], picture=row["assignee_picture"]
        ),
        tags=tuple(row["tags"][:MAX_TAGS]),
        more_tags=max(0, len(row["tags"]) - MAX_TAGS),
        comment_count=row["comment_count"],
        attachment_count=row["attachment_count"],
        checklist_done=row["checklist_done"],
        checklist_total=row["checklist_total"],
        facts=_show_facts(row) if CARD_FACTS else (),
        version=row["version"],
        url=url,
        cover=thumbnail_address(row["cover_id"]) if row["cover_id"] else None,
        shared_picture=sheet.address_of(row["assignee_id"], row["assignee_picture"])
        if sheet
        else None,
    )


def _show_due(due_at: Moment | None) -> str:
    """A due moment on a card, of another year with its year; in UTC, as a card is rendered once for all readers."""
    if due_at is None:
        return ""
    return show_moment(due_at, zone=UTC_ZONE, with_year=due_at.year != clock.now().year)


def _show_facts(row: sql.Row) -> tuple[Fact, ...]:
    """The plain fields of `CARD_FACTS` that have a value on this task."""
    facts = []
    for field in CARD_FACTS:
        text = field.kind.words(field.kind.plain(row[field.name]), {})
        if text and field.card_fact:
            facts.append(Fact(field.card_fact.icon, field.label, text))
    return tuple(facts)


def render_cards(rows: Iterable[sql.Row], sheet: PictureSheet | None = None) -> list[Markup]:
    """The HTML of each card; equal cards are rendered once and cached. `sheet`: the pictures of the board's people."""
    render = _render_card.__wrapped__ if current_app.debug else _render_card
    # `url_for` is slow: one call for all cards.
    root = url_for("tasks.show", task_id=PLACEHOLDER_ID).removesuffix(PLACEHOLDER_ID)
    return [render(show_card(row, root, sheet)) for row in rows]


def show_columns(view: BoardView, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """The columns of a board with their cards; `query` is the filter, for the address of the next page."""
    cards: dict[str, list[sql.Row]] = defaultdict(list)
    for row in view.cards:
        cards[row["column_id"]].append(row)
    # Not `view.columns[0]`: a view can hold only some of the board's columns.
    first = view.first_column_id
    sheet = picture_sheet(view)
    return [
        {
            **show_column_head(column),
            "first": column["column_id"] == first,
            "cards_html": render_cards(cards[column["column_id"]], sheet),
            "hidden_count": column["task_count"] - column["shown_count"],
            "rest_count": _count_rest(column, cards[column["column_id"]]),
            "next_cursor_url": next_cards_url(column, cards[column["column_id"]], query),
        }
        for column in view.columns
    ]


def _count_rest(column: Mapping[str, Any], cards: Sequence[sql.Row]) -> int:
    """How many cards follow those that are shown first.

    None where less than a page was found: the count is of another statement, since which cards may have left.
    """
    return max(0, column["shown_count"] - len(cards)) if len(cards) == CARDS_PER_COLUMN else 0


def show_column_head(column: Mapping[str, Any]) -> dict[str, Any]:
    """A column for its head: `column` with ``limit_state`` ("full", "over" or "") and ``gauge``, the filled places."""
    limit, count = column["wip_limit"], column["task_count"]
    if not limit:
        return {**column, "limit_state": "", "gauge": 0}
    state = "over" if count > limit else "full" if count == limit else ""
    return {**column, "limit_state": state, "gauge": min(count, limit)}


def next_cards_url(
    column: sql.Row, cards: Sequence[sql.Row], query: Mapping[str, list[str]]
) -> str | None:
    """The address of the cards below the last of `cards`; None without a card."""
    if not cards:
        return None
    after = f"{cards[-1]['rank']}.{cards[-1]['task_id']}"
    place = {"board_id": column["board_id"], "column_id": column["column_id"]}
    address: dict[str, Any] = {**place, "after": after, **query}
    return url_for("boards.cards", **address)


@lru_cache(maxsize=MAX_CACHED_CARDS)
def _render_card(card: Card) -> Markup:
    macros = current_app.jinja_env.get_template("_macros/card.html").module
    rendered: Markup = macros.task_card(card)  # type: ignore[attr-defined]
    return rendered
