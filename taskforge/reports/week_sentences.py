"""What a team's week says, on its page and in its mail."""

from __future__ import annotations

from datetime import date

from taskforge import clock
from taskforge.reports.week import TeamWeek
from taskforge.text.counting import count_cards


def name_week(found: TeamWeek) -> str:
    """The days of a week, as people say them."""
    first, last = found.span.first, found.span.last
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{begin} – {last.day} {last:%B %Y}"


def sum_up(found: TeamWeek) -> str:
    """How many cards were finished, started, came in and are stuck, and how many are open."""
    count = {name: listed["count"] for name, listed in found.lists.items()}
    stuck = f"{count['stuck']} {_are(count['stuck'])} stuck"
    open_ = f"{found.open_after} {_are(found.open_after)}"
    return (
        f"{count_cards(count['finished'])} finished, {count['started']} started, {count['arrived']} came in, {stuck}."
        f" {open_} open, {_change(found.open_after - found.open_before)} a week earlier."
    )


def foretell(found: TeamWeek) -> str:
    """When what is open will be done, and how that has changed in the week."""
    if found.after is None:
        return "Too little was finished to foretell when what is open will be done."
    said = f"What is open will be done by {_day_words(found.after)}, with 85 %"
    if found.before is None:
        return f"{said}."
    days = (found.after - found.before).days
    if not days:
        return f"{said}: the same day as a week earlier."
    how = "later" if days > 0 else "earlier"
    return f"{said}: {abs(days)} {'day' if abs(days) == 1 else 'days'} {how} than it looked a week before."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _change(difference: int) -> str:
    if not difference:
        return "as many as"
    return f"{abs(difference)} {'more' if difference > 0 else 'fewer'} than"


def _day_words(day: date) -> str:
    year = "" if day.year == clock.now().year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"
