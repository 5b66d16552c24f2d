"""A board's timeline for its templates: rows with their bars, the scale above them, and the ways to other weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for

from taskforge import clock
from taskforge.boards.statuses import Status
from taskforge.tasks.query.errors import PARAMETER
from taskforge.tasks.timeline.queries import Timeline
from taskforge.tasks.timeline.span import MONTH, QUARTER, TimelineSpan, around
from taskforge.text.moments import Moment, reader_day
from taskforge.web.boards.dated_cards import show_dated_card
from taskforge.web.boards.parameters import opened_query

Query = Mapping[str, Any]
OUTSIDE = 3.0  # percent of the width by which a bar that goes on is drawn over the end, so that its own end is not seen
MIN_MONTH_DAYS = {MONTH: 4, QUARTER: 10}  # of a month at the left end, for whose name there is room


@dataclass(frozen=True)
class Bar:
    """Where a bar stands, in percent of the width; which of its ends are no dates, and which lie outside."""

    left: float
    width: float
    is_point: bool  # a due date without a start
    is_open: bool  # a start without a due date
    is_before: bool
    is_behind: bool


def show_rows(
    rows: Iterable[Mapping[str, Any]], span: TimelineSpan, today: date
) -> list[dict[str, Any]]:
    """Each task with its dates, as days and times where the reader is, and with its bar."""
    return [show_row(row, span, today) for row in rows]


def show_row(row: Mapping[str, Any], span: TimelineSpan, today: date) -> dict[str, Any]:
    """A task as a row of a timeline; ``bar`` is None for one without dates."""
    start, due = row["start_at"], row["due_at"]
    is_done = row["status"] == Status.DONE
    return {
        **show_dated_card(row, today),
        "start": _split(start),
        "due": _split(due),
        "when": _say_when(start, due, today),
        "bar": _bar(start, due, span, None if is_done else today),
    }


def show_scale(span: TimelineSpan, today: date) -> dict[str, Any]:
    """The head of the bars: the names of months, the days (of a quarter, the first of each week), and today."""
    days = span.days
    months = [day for day in days if day.day == 1]
    if not months or (months[0] - span.first).days >= MIN_MONTH_DAYS[span.zoom]:
        months.insert(0, span.first)
    return {
        "months": [
            (f"{day:%B}" if day.month > 1 else f"{day:%B %Y}", _percent(span, day))
            for day in months
        ],
        "days": [
            (day.day, _percent(span, day), is_first, day == today)
            for number, day in enumerate(days)
            if (is_first := number % 7 == 0) or span.zoom == MONTH
        ],
        "today": _percent(span, today) if span.holds(today) else None,
        "day_width": f"{100 / span.day_count:.3f}%",
    }


def show_elsewhere(
    board_id: str, span: TimelineSpan, found: Timeline, query: Query
) -> dict[str, Any]:
    """How many tasks lie before and behind what is shown, and have no date, with the addresses where they are."""
    before = span.week_count - 2
    earlier, later = found.earlier_at, found.later_at
    undated = f"({query[PARAMETER][0]}) " if query.get(PARAMETER) else ""
    return {
        "earlier_count": found.earlier_count,
        "earlier_url": earlier
        and _address(board_id, around(reader_day(earlier), span.zoom, before=before), query),
        "later_count": found.later_count,
        "later_url": later and _address(board_id, around(reader_day(later), span.zoom), query),
        "undated_count": found.undated_count,
        "undated_url": url_for(
            "boards.table",
            board_id=board_id,
            **{**query, PARAMETER: f"{undated}is:open start:none due:none"},
        ),
    }


def show_timeline_steps(
    board_id: str, span: TimelineSpan, today: date, query: Query
) -> dict[str, str]:
    """The addresses of what is before and behind, of today, and of both zooms."""
    first = today if span.holds(today) else span.first + timedelta(days=7)
    spans = {
        "previous": span.beside(-1),
        "next": span.beside(1),
        "today": around(today, span.zoom),
        MONTH: around(first, MONTH),
        QUARTER: around(first, QUARTER),
    }
    return {name: _address(board_id, other, query) for name, other in spans.items()}


def _address(board_id: str, span: TimelineSpan, query: Query) -> str:
    """The page at some days; it names the saved view that it was opened from, as this one does."""
    shown = {**query, **opened_query(), **span.query()}
    return url_for("boards.timeline", board_id=board_id, **shown)


def _split(moment: Moment | None) -> dict[str, str]:
    """The day and the time of a moment where the reader is; the time is empty for a day."""
    if moment is None:
        return {"day": "", "time": ""}
    local = moment.astimezone(clock.reader_zone()) if isinstance(moment, datetime) else None
    return {"day": reader_day(moment).isoformat(), "time": f"{local:%H:%M}" if local else ""}


def _say_when(start: Moment | None, due: Moment | None, today: date) -> str:
    """``5 Mar to 12 Mar``, ``5 Mar``; with years that are not the present one, and times."""

    def say(moment: Moment) -> str:
        day = reader_day(moment)
        year = "" if day.year == today.year else f" {day.year}"
        return f"{day:%-d %b}{year} {_split(moment)['time']}".rstrip()

    if start is None or due is None:
        return f"Due {say(due)}" if due is not None else f"From {say(start)}" if start else ""
    return f"{say(start)} to {say(due)}" if start != due else say(due)


def _bar(
    start: Moment | None, due: Moment | None, span: TimelineSpan, today: date | None
) -> Bar | None:
    """The bar between two dates; one without a due date reaches to `today` (None: the task is done)."""
    ends = [reader_day(moment) for moment in (start, due) if moment is not None]
    if not ends:
        return None
    if due is None and today is not None:
        ends.append(max(today, ends[0]))
    first, last = min(ends), max(ends)
    left = max(_position(span, first), -OUTSIDE)
    right = min(_position(span, last + timedelta(days=1)), 100 + OUTSIDE)
    return Bar(
        left=left,
        width=max(right - left, 0),
        is_point=start is None,
        is_open=due is None,
        is_before=first < span.first,
        is_behind=last >= span.end,
    )


def _position(span: TimelineSpan, day: date) -> float:
    return (day - span.first).days * 100 / span.day_count


def _percent(span: TimelineSpan, day: date) -> str:
    return f"{_position(span, day):.3f}%"
