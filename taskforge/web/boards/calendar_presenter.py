"""A board's calendar for its templates: the days with their cards, and the ways to other months and weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from taskforge import clock
from taskforge.tasks.calendar.queries import Calendar
from taskforge.tasks.calendar.span import MONTH, WEEK, Span, month_of, week_of
from taskforge.text.moments import has_time, reader_day
from taskforge.web.boards.dated_cards import show_dated_card
from taskforge.web.boards.parameters import opened_query

Query = Mapping[str, Any]


def show_days(
    board_id: str, span: Span, found: Calendar, today: date, query: Query
) -> list[dict[str, Any]]:
    """Each day with its first cards, and where all of them are if it has more."""
    days = []
    for day in span.days:
        cards = [show_entry(row, today) for row in found.tasks.get(day, ())]
        days.append(
            {
                "value": day.isoformat(),
                "number": day.day,
                "weekday": f"{day:%a}",
                "name": f"{day:%A, %-d %B %Y}",
                "short_name": f"{day:%A, %-d %B}",
                "is_today": day == today,
                "is_outside": not span.holds(day),
                "cards": cards,
                "rest_count": found.counts.get(day, 0) - len(cards),
                "rest_url": _rest_url(board_id, span, day, query),
            }
        )
    return days


def show_undated(board_id: str, found: Calendar, today: date, query: Query) -> dict[str, Any]:
    """The open cards without a date: how many, the latest of them, and where the others are."""
    cards = [show_entry(row, today) for row in found.undated]
    return {
        "count": found.undated_count,
        "cards": cards,
        "rest_count": found.undated_count - len(cards),
        "rest_url": url_for("boards.table", board_id=board_id, **{**query, "sort": "-due"}),
    }


def show_entry(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A card of a calendar; ``time`` is that of the day where the reader is, empty for one that is due all day."""
    due = row["due_at"]
    local = due.astimezone(clock.reader_zone()) if due is not None and has_time(due) else None
    return {
        **show_dated_card(row, today),
        "time": f"{local:%H:%M}" if local else "",
        "day": reader_day(due).isoformat() if due is not None else "",
    }


def show_steps(board_id: str, span: Span, today: date, query: Query) -> dict[str, str]:
    """The addresses of what is before and behind, of today, and of the month and the week that are looked at."""
    near = today if span.holds(today) else span.anchor
    spans = {
        "previous": span.beside(-1),
        "next": span.beside(1),
        "today": month_of(today) if span.kind == MONTH else week_of(today),
        MONTH: month_of(near),
        WEEK: week_of(near),
    }
    return {name: _address(board_id, other, query) for name, other in spans.items()}


def _rest_url(board_id: str, span: Span, day: date, query: Query) -> str:
    if span.kind == MONTH:
        return f"{_address(board_id, week_of(day), query)}#column-{day}"
    return url_for("boards.table", board_id=board_id, **{**query, "sort": "due"})


def _address(board_id: str, span: Span, query: Query) -> str:
    """The page at some days; it names the saved view that it was opened from, as this one does."""
    shown = {**query, **opened_query(), **span.query()}
    return url_for("boards.calendar", board_id=board_id, **shown)
