"""Time travel for templates: the columns of a past board, the steps around it, and the chart of its activity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from math import sqrt
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from taskforge.events import Event
from taskforge.history.past_board import PastBoard, Step, card_row
from taskforge.history.replay import Item
from taskforge.history.sentences import changed_task, describe_event
from taskforge.text.people import Person, person_of
from taskforge.web.boards.cards import Card, show_card

CARDS_PER_PAGE = 50
MAX_CACHED_CARDS = 2000  # of all boards: stepping through the past shows most cards again
POSITIONS = 1000  # of the slider, from the first event to the last
BAR_WIDTH, BARS_HEIGHT, LOWEST_BAR = 10, 100, 6
NOTES = {
    "before": "The board was not there yet: this is how it began.",
    "after": "That is still to come: this is the board as it is now.",
}

Address = Callable[..., str]  # the address of a step: by ``step`` or ``at``


def show_moment(past: PastBoard, address: Address) -> dict[str, Any]:
    """The step that is shown: its instant, its change, and the addresses of the steps around it."""
    step = past.step
    has_earlier, has_later = step.seq > 1, not step.is_now
    steps = {
        "first": 1 if has_earlier else None,
        "day_before": step.day_before,
        "previous": step.seq - 1 if has_earlier else None,
        "next": step.seq + 1 if has_later else None,
        "day_after": step.day_after,
        "last": step.last_seq if has_later else None,
    }
    return {
        "seq": step.seq,
        "last_seq": step.last_seq,
        "at": step.at,
        "is_now": step.is_now,
        "old_name": past.state.name if past.state.name != past.row["name"] else None,
        "note": NOTES.get(step.missed or ""),
        "position": _position(step),
        "actor": _actor_of(past.event),
        "sentence": describe_event(past.event, past.state, past.names),
        "changed_at": past.event["at"],
        "changed_id": changed_task(past.event) or "",
        "steps": {name: address(step=seq) if seq else None for name, seq in steps.items()},
    }


def _actor_of(event: Mapping[str, Any]) -> Person | None:
    return person_of(event["actor_id"], event["actor_name"], picture=event["actor_picture"])


def show_event(event: Mapping[str, Any], restorable: Mapping[str, datetime]) -> dict[str, Any]:
    """An audit event for the activity page; ``url`` is the address of its task, None if there is none.

    `restorable` has the columns that can be restored, with the instant of their deletion: ``restore_column_id`` is the
    one that this event deleted.
    """
    column_id = str((event["new_state"] or {}).get("column_id"))
    is_last = (
        event["event"] == Event.BOARD_COLUMN_DELETED and restorable.get(column_id) == event["at"]
    )
    task_id = changed_task(event)
    exists = task_id is not None and event["number"] is not None
    return {
        "event": event["event_id"],
        "action": event["action"],
        "actor": _actor_of(event),
        "text": event["summary"],
        "at": event["at"],
        "undoes": (event["new_state"] or {}).get("undoes"),
        "url": url_for("tasks.show", task_id=task_id) if exists else None,
        "restore_column_id": column_id if is_last else None,
    }


def show_columns(past: PastBoard, more_address: Callable[[str], str]) -> list[dict[str, Any]]:
    """The columns from left to right, each with its first 50 cards."""
    return [
        show_column(past, column, more_url=more_address(column["column_id"]))
        for column in past.columns
    ]


def show_column(past: PastBoard, column: Item, *, more_url: str, page: int = 1) -> dict[str, Any]:
    """One column with a page of its cards, and the address of the next page."""
    cards = past.cards[column["column_id"]]
    start, end = CARDS_PER_PAGE * (page - 1), CARDS_PER_PAGE * page
    more = max(0, len(cards) - end)
    return {
        **column,
        "cards": render_cards(past, cards[start:end]),
        "hidden_count": column["task_count"] - column["shown_count"],
        "more_count": more,
        "more_url": more_url if more else None,
    }


def render_cards(past: PastBoard, cards: Sequence[Item]) -> list[dict[str, Any]]:
    """The cards as ``{html, is_changed}``, linked to the history of their tasks; equal cards are rendered once."""
    changed_id = changed_task(past.event)
    return [
        {
            "html": _render_card(
                show_card(card_row(past, card))._replace(
                    url=url_for("tasks.history", task_id=card["task_id"])
                )
            ),
            "is_changed": card["task_id"] == changed_id,
        }
        for card in cards
    ]


def show_bars(counts: Sequence[int]) -> dict[str, Any]:
    """The activity as bars of an SVG, by the square root of the number of changes: quiet days stay visible."""
    highest = max(counts, default=0) or 1
    bars = []
    for number, count in enumerate(counts):
        if count:
            height = max(LOWEST_BAR, round(BARS_HEIGHT * sqrt(count / highest)))
            bars.append({"x": number * BAR_WIDTH + 1, "y": BARS_HEIGHT - height, "height": height})
    return {
        "width": BAR_WIDTH * len(counts),
        "height": BARS_HEIGHT,
        "bar_width": BAR_WIDTH - 2,
        "bars": bars,
    }


def show_timeline(step: Step) -> dict[str, Any]:
    """The ends of the timeline, as instants and, for scripts, in milliseconds of Unix time."""
    return {
        "first_at": step.first_at,
        "last_at": step.last_at,
        "first_ms": _milliseconds(step.first_at),
        "last_ms": _milliseconds(step.last_at),
        "positions": POSITIONS,
    }


def _position(step: Step) -> int:
    """The position of a step on the slider, from 0 to `POSITIONS`."""
    seconds = (step.last_at - step.first_at).total_seconds()
    if step.is_now or seconds <= 0:
        return POSITIONS
    part = (step.at - step.first_at).total_seconds() / seconds
    return round(POSITIONS * min(1.0, max(0.0, part)))


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@lru_cache(maxsize=MAX_CACHED_CARDS)
def _render_card(card: Card) -> Markup:
    macros = current_app.jinja_env.get_template("_macros/card.html").module
    rendered: Markup = macros.task_card(card, past=True)  # type: ignore[attr-defined]
    return rendered
