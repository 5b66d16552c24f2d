"""When the mail of a notification is due, on its reader's clock: a pure function of instant, zone and preferences.

A *slot* is the moment at which a bundle leaves: a full hour, the digest's hour of each day, or that of one day of the
week, on the clock on the reader's wall. The rules where that clock is turned:

- A slot of a day or week comes once: at the first instant at which the clock shows its time or a later one. One that
  the clock jumps over is the instant of the jump; of one that the clock shows twice, the first counts.
- A full hour comes whenever the clock shows one, or jumps over one: hours that are shown twice are two hours.
- It is quiet while the clock shows a time of the quiet hours, from `quiet_from` until before `quiet_until`. What would
  be due then is due at the first instant at which it is not quiet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from taskforge.notifications.quiet_hours import is_quiet_at

# What follows a first notification so closely goes with its mail.
COALESCING = timedelta(seconds=60)
_SECOND, _HOUR, _DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


class Frequency(StrEnum):
    """How often somebody wants mail."""

    IMMEDIATE = "immediate"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Schedule:
    """When somebody wants their mail; hours, days and quiet hours are of `zone`. `digest_weekday` is 1 for Monday."""

    frequency: Frequency
    zone: ZoneInfo
    digest_hour: int = 8
    digest_weekday: int = 1
    quiet_from: time | None = None
    quiet_until: time | None = None

    def is_quiet(self, at: datetime) -> bool:
        """Whether an instant lies in the quiet hours."""
        return is_quiet_at(_clock(at, self.zone).time(), self.quiet_from, self.quiet_until)


def due_at(schedule: Schedule, at: datetime) -> datetime:
    """The instant, in UTC, at which the mail of a notification from `at` is due: always later."""
    return end_of_quiet(schedule, _slot_after(schedule, at.astimezone(UTC)))


def end_of_quiet(schedule: Schedule, at: datetime) -> datetime:
    """The first instant from `at` on, in UTC, that is not quiet."""
    at = at.astimezone(UTC)
    until = schedule.quiet_until
    while schedule.is_quiet(at):
        assert until is not None
        shown = _clock(at, schedule.zone)
        end = shown.replace(
            hour=until.hour, minute=until.minute, second=until.second, microsecond=0
        )
        end += _DAY if end <= shown else timedelta(0)
        there = at + (end - shown)
        # The clock may be turned on the way: it then is quiet no more, or goes on from there.
        at = _next_turn(schedule.zone, at, there) or there
    return at


def _slot_after(schedule: Schedule, at: datetime) -> datetime:
    match schedule.frequency:
        case Frequency.IMMEDIATE:
            return at + COALESCING
        case Frequency.HOURLY:
            return _hour_after(schedule.zone, at)
        case Frequency.DAILY:
            return _digest_after(schedule, at, lambda _day: True)
        case Frequency.WEEKLY:
            return _digest_after(
                schedule, at, lambda day: day.isoweekday() == schedule.digest_weekday
            )


def _hour_after(zone: ZoneInfo, at: datetime) -> datetime:
    while True:
        shown = _clock(at, zone)
        full = shown.replace(minute=0, second=0, microsecond=0) + _HOUR
        there = at + (full - shown)
        turn = _next_turn(zone, at, there)
        if turn is None:
            return there
        before, after = _clock(turn - _SECOND, zone), _clock(turn, zone)
        if after.minute == 0 or _hour_of(after) > _hour_of(before):
            return turn
        at = turn


def _hour_of(shown: datetime) -> datetime:
    return shown.replace(minute=0, second=0, microsecond=0)


def _digest_after(schedule: Schedule, at: datetime, is_day: Callable[[date], bool]) -> datetime:
    day = _clock(at, schedule.zone).date()
    while True:
        if is_day(day):
            slot = _first_instant(schedule.zone, datetime.combine(day, time(schedule.digest_hour)))
            if slot > at:
                return slot
        day += _DAY


def _first_instant(zone: ZoneInfo, shown: datetime) -> datetime:
    """The first instant at which the clock of a zone shows this time, or a later one."""
    found = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _clock(found, zone) == shown:
        return found
    # The clock jumps over it. Read with the offset from before the jump it lies behind it, else in front of it.
    turn = _next_turn(zone, shown.replace(tzinfo=zone, fold=1).astimezone(UTC), found)
    assert turn is not None
    return turn


def _next_turn(zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The instant behind `after`, and not behind `until`, at which a clock is turned; None if it is not.

    At most one is looked for: no zone turns its clock twice in a day. Clocks are turned at full seconds.
    """
    offset = after.astimezone(zone).utcoffset()
    if until.astimezone(zone).utcoffset() == offset:
        return None
    low, high = after.replace(microsecond=0), until.replace(microsecond=0)
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _clock(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of a zone shows at an instant, without the zone."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)
