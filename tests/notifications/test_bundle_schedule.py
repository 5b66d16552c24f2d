"""When a bundle is due, against a model that only looks at the clock, minute by minute, in zones of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforge.notifications.bundles.schedule import Frequency, Schedule, due_at, end_of_quiet

MINUTE = timedelta(minutes=1)
# Where clocks are turned: by an hour, by half of one, at midnight, over a whole day; and where they are not.
TURNS = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "America/St_Johns": ("2011-03-13", "2026-11-01"),  # in 2011 at one minute past midnight
    "Australia/Lord_Howe": ("2026-10-03", "2026-04-04"),
    "Pacific/Apia": ("2011-12-30", "2012-04-01"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),  # at midnight
    "Asia/Kolkata": ("2026-06-01",),
    "UTC": ("2026-06-01",),
}
PLACES = [(zone, day) for zone, days in TURNS.items() for day in days]


@cache
def clocks(zone: str, day: str) -> tuple[datetime, list[datetime]]:
    """What the clock shows at every minute from three days before a day on, for a fortnight."""
    first = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(days=3)
    place = ZoneInfo(zone)
    minutes = (first + number * MINUTE for number in range(14 * 1440))
    return first, [each.astimezone(place).replace(tzinfo=None, fold=0) for each in minutes]


def quiet_minutes(schedule: Schedule) -> set[tuple[int, int]]:
    """The times of day, as hour and minute, that are quiet."""
    begin, end = schedule.quiet_from, schedule.quiet_until
    if begin is None or end is None:
        return set()
    at, found = begin.hour * 60 + begin.minute, set()
    while at != end.hour * 60 + end.minute:
        found.add(divmod(at, 60))
        at = (at + 1) % 1440
    return found


def comes(schedule: Schedule, highest: datetime, before: datetime, shown: datetime) -> bool:
    """Whether a slot comes at a minute: `highest` is the latest that the clock has shown before."""
    if schedule.frequency is Frequency.HOURLY:
        hours = [each.replace(minute=0) for each in (before, shown)]
        return shown.minute == 0 or hours[1] > hours[0]
    for days in range(3):
        slot = datetime.combine(shown - timedelta(days=days), time(schedule.digest_hour))
        is_day = (
            schedule.frequency is Frequency.DAILY or slot.isoweekday() == schedule.digest_weekday
        )
        if is_day and highest < slot <= shown:
            return True
    return False


def model(schedule: Schedule, day: str, at: datetime) -> datetime:
    first, shown = clocks(schedule.zone.key, day)
    now, due = int((at - first) // MINUTE) + 1, at + MINUTE
    if schedule.frequency is not Frequency.IMMEDIATE:
        highest = max(shown[now - 300 : now])
        while not comes(schedule, highest, shown[now - 1], shown[now]):
            highest = max(highest, shown[now])
            now += 1
        due = first + now * MINUTE
    minute, quiet = int((due - first) // MINUTE), quiet_minutes(schedule)
    while (shown[minute].hour, shown[minute].minute) in quiet:
        minute += 1
        due = first + minute * MINUTE
    return due


@st.composite
def times_of_day(draw: st.DrawFn) -> time:
    return time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 0, 1, 15, 30, 59])))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, str, datetime]:
    zone, day = draw(st.sampled_from(PLACES))
    quiet = draw(st.none() | st.tuples(times_of_day(), times_of_day()))
    begin, end = quiet if quiet and quiet[0] != quiet[1] else (None, None)
    schedule = Schedule(
        frequency=draw(st.sampled_from(Frequency)),
        zone=ZoneInfo(zone),
        digest_hour=draw(st.integers(0, 23)),
        digest_weekday=draw(st.integers(1, 7)),
        quiet_from=begin,
        quiet_until=end,
    )
    seconds = draw(st.integers(6 * 3600, 5 * 86400))
    return schedule, day, clocks(zone, day)[0] + timedelta(seconds=seconds)


@settings(max_examples=300, deadline=None, database=None)
@given(cases())
def test_the_clock_on_the_wall_decides(case: tuple[Schedule, str, datetime]) -> None:
    schedule, day, at = case
    due = due_at(schedule, at)
    assert due == model(schedule, day, at)
    assert due > at
    assert not schedule.is_quiet(due)
    assert end_of_quiet(schedule, due) == due
    assert due.tzinfo is UTC


@settings(max_examples=100, deadline=None, database=None)
@given(cases(), st.integers(0, 86400))
def test_who_comes_later_is_not_mailed_earlier_and_a_period_has_one_end(
    case: tuple[Schedule, str, datetime], seconds: int
) -> None:
    schedule, _, at = case
    later = at + timedelta(seconds=seconds)
    assert due_at(schedule, at) <= due_at(schedule, later)
    between = (due_at(schedule, at) - at) / 2
    if schedule.frequency is not Frequency.IMMEDIATE and schedule.quiet_from is None:
        assert due_at(schedule, at + between) == due_at(schedule, at)


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("schedule", "at", "due"),
    [
        # 02:30 does not exist; the digest of two o'clock comes when the clock jumps to three.
        (Schedule(Frequency.DAILY, BERLIN, 2), "2026-03-29T00:30Z", "2026-03-29T01:00Z"),
        # Two o'clock is shown twice: the first time counts, and the second is no new day.
        (Schedule(Frequency.DAILY, BERLIN, 2), "2026-10-24T23:30Z", "2026-10-25T00:00Z"),
        (Schedule(Frequency.DAILY, BERLIN, 2), "2026-10-25T00:00Z", "2026-10-26T01:00Z"),
        # Hours that are shown twice are two.
        (Schedule(Frequency.HOURLY, BERLIN), "2026-10-25T00:30Z", "2026-10-25T01:00Z"),
        (Schedule(Frequency.HOURLY, ZoneInfo("Asia/Kolkata")), "2026-06-01T10:31Z", "2026-06-01T11:30Z"),
        # The end of the quiet hours is jumped over.
        (
            Schedule(Frequency.IMMEDIATE, BERLIN, quiet_from=time(22), quiet_until=time(2, 30)),
            "2026-03-28T23:00Z",
            "2026-03-29T01:00Z",
        ),
        # Who is on the other side of a day that never was.
        (Schedule(Frequency.DAILY, ZoneInfo("Pacific/Apia"), 8), "2011-12-30T09:00Z", "2011-12-30T10:00Z"),
    ],
)  # fmt: skip
def test_turns_of_the_clock(schedule: Schedule, at: str, due: str) -> None:
    assert due_at(schedule, datetime.fromisoformat(at)) == datetime.fromisoformat(due)
