"""A year of somebody's notifications, choices and mails, against a model that goes from minute to minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from taskforge.notifications.bundles.schedule import COALESCING, Frequency, Schedule, due_at
from taskforge.notifications.bundles.selection import WaitingLine, select

ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
BEGIN = datetime.fromisoformat("2026-03-27T00:00:00+00:00")  # clocks are turned in these days
ACTS = ("arrive", "read", "archive", "snooze", "unwatch", "leave", "choose", "send")


@dataclass
class Line:
    """What the model knows of a notification."""

    created_at: datetime
    due_at: datetime
    is_read: bool = False
    is_archived: bool = False
    is_gone: bool = False
    is_unwanted: bool = False
    snoozed_until: datetime | None = None
    mailed: list[datetime] = field(default_factory=list)

    def is_news(self, now: datetime) -> bool:
        """Whether a person who looks at it now would want to be told."""
        put_off = self.snoozed_until is not None and self.snoozed_until > now
        return not (self.is_read or self.is_archived or self.is_gone or self.is_unwanted or put_off)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    quiet = draw(st.sampled_from([(None, None), (time(22), time(6)), (time(12), time(14))]))
    return Schedule(
        frequency=draw(st.sampled_from(Frequency)),
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        digest_hour=draw(st.integers(0, 23)),
        digest_weekday=draw(st.integers(1, 7)),
        quiet_from=quiet[0],
        quiet_until=quiet[1],
    )


acts = st.tuples(st.sampled_from(ACTS), st.integers(1, 900), st.integers(0, 20), schedules())


@settings(max_examples=100, deadline=None, database=None)
@given(schedules(), st.lists(acts, max_size=40))
def test_each_line_is_mailed_at_most_once_in_its_period_and_only_while_it_is_news(
    schedule: Schedule, happenings: list[tuple[str, int, int, Schedule]]
) -> None:
    now, lines = BEGIN, dict[str, Line]()
    for act, minutes, which, chosen in [*happenings, ("send", 20_000, 0, schedule)]:
        now += timedelta(minutes=minutes)
        if act == "arrive":
            lines[str(len(lines))] = Line(now, due_at(schedule, now))
        elif act == "choose":
            schedule = chosen
            for line in lines.values():
                line.due_at = due_at(schedule, now) if not line.mailed else line.due_at
        elif act == "send":
            send(lines, schedule, now)
        elif str(which) in lines:
            happen(lines[str(which)], act, now)
    assert all(len(line.mailed) <= 1 for line in lines.values())
    for line in lines.values():
        if line.is_news(now) and not schedule.is_quiet(now) and line.snoozed_until is None:
            assert line.mailed, "what is news to the end comes"


def happen(line: Line, act: str, now: datetime) -> None:
    """Something is done to a line that was delivered."""
    match act:
        case "read":
            line.is_read, line.snoozed_until = True, None
        case "archive":
            line.is_archived, line.snoozed_until = True, None
        case "snooze":
            line.snoozed_until = now + timedelta(hours=5)
        case "unwatch":
            line.is_unwanted = True
        case "leave":
            line.is_gone = True


def send(lines: dict[str, Line], schedule: Schedule, now: datetime) -> None:
    """What the mail job does with the pure core, checked line by line."""
    if schedule.is_quiet(now):
        return
    open_lines = {
        name: line
        for name, line in lines.items()
        if not line.mailed and line.due_at <= now + COALESCING
    }
    waiting = [
        WaitingLine(
            notification_id=name,
            due_at=line.due_at,
            is_read=line.is_read or line.snoozed_until is not None,
            is_archived=line.is_archived,
            snoozed_until=line.snoozed_until,
            is_wanted=not line.is_unwanted,
            is_visible=not line.is_gone,
        )
        for name, line in open_lines.items()
    ]
    chosen = select(waiting, schedule, now)
    assert {*chosen.taken, *chosen.later, *chosen.dropped} == {*open_lines}
    for name in chosen.taken:
        line = lines[name]
        assert line.is_news(now) or (line.snoozed_until is not None and line.snoozed_until < now)
        line.mailed.append(now)
    for name, due in chosen.later.items():
        assert due > now
        lines[name].due_at = due
    for name in chosen.dropped:
        assert not lines[name].is_news(now)
        del lines[name]
