"""The pure parts of reports: days over changes of the clock, what is asked for, odd histories, the simulation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.reports.asked import read_asked
from taskforge.reports.days import Span, start_of
from taskforge.reports.forecast import MAX_DAYS, SEED, forecast, simulate_days, simulate_sums
from taskforge.reports.statistics import percentile
from taskforge.reports.transitions import Fold, Period
from taskforge.reports.ways import Ways
from tests.reports.naive import first_instant, nearest_rank

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
# A day on which the clock goes forward, one on which it goes back, and in the last two places it does so at midnight.
CHANGES = [
    ("Europe/Vienna", date(2026, 3, 29), 23),
    ("Europe/Vienna", date(2026, 10, 25), 25),
    ("America/New_York", date(2026, 11, 1), 25),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("America/Santiago", date(2026, 9, 6), 23),
    ("America/Havana", date(2026, 11, 1), 25),
    ("Asia/Kathmandu", date(2026, 3, 29), 24),
]


@pytest.mark.parametrize(("name", "day", "hours"), CHANGES)
def test_a_day_has_the_hours_that_the_wall_clock_gives_it(
    name: str, day: date, hours: float
) -> None:
    zone = ZoneInfo(name)
    span = Span(day, day, zone)
    assert (span.end - span.start) == timedelta(hours=hours)
    assert [span.start, span.end] == [
        first_instant(day, zone),
        first_instant(day + timedelta(days=1), zone),
    ]
    assert span.ends_of_days(span.start) == [span.end]
    assert span.ends_of_days(span.start - timedelta(milliseconds=1)) == []
    assert start_of(day, zone).astimezone(zone).date() == day


@given(st.lists(st.integers(0, 50), min_size=1), st.sampled_from([1, 50, 70, 85, 95, 100]))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values: list[int], share: int) -> None:
    assert percentile(sorted(values), share) == nearest_rank(values, share)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40).filter(any), st.integers(1, 60))
@settings(max_examples=15, deadline=None)
def test_a_simulation_is_the_same_for_the_same_seed_and_within_the_past(
    history: list[int], count: int
) -> None:
    days = simulate_days(history, count, 7)
    assert days == simulate_days(history, count, 7) == sorted(days)
    assert days[0] >= min(MAX_DAYS + 1, -(-count // max(history)))
    assert len(days) == len(simulate_sums(history, 5, 7)) == 2_000
    assert simulate_sums(history, 5, 7)[-1] <= 5 * max(history)


def test_what_never_ends_is_later_than_all_days() -> None:
    assert simulate_days([0] * 999 + [1], 5_000, 1)[0] == MAX_DAYS + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "soon"), ("from", "2020-01-01"), ("to", "2026-02-30"), ("to", "2026-01-01"), ("zone", "Moon/Crater"),
        ("asOf", "2026-03-30T12:00:01Z"), ("asOf", "yesterday"), ("asOf", "2026-04-01"), ("per", "year"), ("by", "tag"),
        ("count", "0"), ("count", "1e9"), ("until", "2026-03-30"), ("until", "2032-01-01"), ("seed", "-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused_at_its_name(name: str, value: str) -> None:
    given = {"from": "2026-03-01", "to": "2026-03-30", name: value}
    with clock.frozen(NOW), pytest.raises(InvalidInput) as refused:
        read_asked(given)
    assert list(refused.value.fields) == [name if value != "2026-01-01" else "to"]


def test_a_forecast_draws_no_day_from_before_there_was_a_task() -> None:
    created = NOW - timedelta(days=10)
    periods = [
        Period(str(number), seq, "", "c", status, None, False, entered_at, None)
        for number in range(10)
        for seq, status, entered_at in ((1, "todo", created), (2, "done", NOW - timedelta(days=5)))
    ]
    span = Span(NOW.date() - timedelta(days=83), NOW.date(), ZoneInfo("UTC"))
    found = forecast(Ways(NOW, periods), span, count=10, until=None, seed=1)
    assert [one["day"] for one in found["history"]] == span.days[-11:-1]
    assert found["finished"] == 10


def test_an_instant_is_in_the_zone_and_a_day_is_its_end() -> None:
    with clock.frozen(NOW):
        local = read_asked({"asOf": "2026-03-29T12:00", "zone": "Europe/Vienna"})
        day = read_asked({"asOf": "2026-03-28", "zone": "Europe/Vienna"})
        today = read_asked({"asOf": "2026-03-30", "zone": "Europe/Vienna"})
        assert (read_asked({"seed": "0"}).seed, read_asked({}).seed) == (0, SEED)
    assert local.at == datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    assert day.at == datetime(2026, 3, 28, 22, 59, 59, 999000, tzinfo=UTC)
    assert (day.span.first, day.span.last) == (date(2026, 3, 1), date(2026, 3, 28))
    assert today.at == NOW


def test_an_older_instant_behind_a_younger_one_counts_from_the_younger() -> None:
    """The first of two changes to get the board's lock may have been begun later."""
    told = [
        ("task.created", "A", NOW, {"column_id": "x", "status": "todo"}),
        ("task.moved", "A", NOW - timedelta(seconds=1), {"status": "done"}),
        ("task.moved", "B", NOW, {"status": "done"}),
        ("task.edited", "A", NOW, {"status": "done"}),
        ("task.purged", "A", NOW, {"purged": True}),
    ]
    names = ("event", "entity_id", "at", "new_state")
    events = [
        {"board_seq": seq, **dict(zip(names, one, strict=True))} for seq, one in enumerate(told, 1)
    ]
    fold = Fold().add(events)
    assert [(one.seq, one.entered_at, one.left_at) for one in fold.begun.values()] == [
        (1, NOW, NOW),
        (2, NOW, NOW),
    ]
    assert not fold.latest
