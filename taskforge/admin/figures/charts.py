"""The charts of the figures page: samples of the last hour as lines of an SVG, and the same as numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from taskforge.admin.figures.samples import Sample
from taskforge.messaging.queues import QUEUES
from taskforge.metrics.catalogue import BUCKETS

SLOT_SECONDS = 120
SLOTS = 3600 // SLOT_SECONDS
WIDTH, HEIGHT = 300.0, 80.0
MEBIBYTE = 1024 * 1024
Value = float | None
# The samples of a slot, the last one of an earlier slot in front.
Slot = Sequence[Sample]


@dataclass(frozen=True)
class Series:
    """One line: its value in each slot, None where nothing was measured, and the SVG path."""

    name: str
    values: Sequence[Value]
    path: str


@dataclass(frozen=True)
class Chart:
    """A chart; ``top`` is the value at its upper edge."""

    title: str
    unit: str
    series: Sequence[Series]
    top: float

    @property
    def summary(self) -> str:
        """What the chart shows, as a sentence."""
        parts = [f"{each.name} {self._describe(each.values)}" for each in self.series]
        return f"{self.title}, last hour: {'; '.join(parts)}."

    def _describe(self, values: Sequence[Value]) -> str:
        known = [value for value in values if value is not None]
        if not known:
            return "not measured"
        return f"{show(known[-1])} {self.unit} now, at most {show(max(known))}"


def draw_charts(samples: Sequence[Sample], now: float) -> list[Chart]:
    """All charts of samples (oldest first) for the hour before `now`."""
    slots = _slots(samples, now)
    queues = {name: _waiting_in(name) for name in QUEUES}
    return [
        _chart("Requests", "a minute", slots, {"requests": _requests}),
        _chart("Time of 95 % of requests", "ms at most", slots, {"time": _p95}),
        _chart("Server errors", "a minute", slots, {"errors": _errors}),
        _chart(
            "Oldest change on its way to MongoDB",
            "s",
            slots,
            {"age": _highest(lambda one: one.outbox_age)},
        ),
        _chart(
            "Oldest audit event without a seal",
            "s",
            slots,
            {"age": _highest(lambda one: one.seal_lag)},
        ),
        _chart("Waiting jobs", "jobs", slots, queues),
        _chart(
            "Memory of all processes",
            "MB",
            slots,
            {"memory": _last_of(lambda one: one.memory / MEBIBYTE)},
        ),
    ]


def show(value: Value) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _slots(samples: Sequence[Sample], now: float) -> list[Slot]:
    """The samples by slot, the oldest slot first."""
    slots: list[list[Sample]] = [[] for _ in range(SLOTS)]
    before: Sample | None = None
    ordered = groupby(samples, lambda sample: SLOTS - 1 - int((now - sample.at) // SLOT_SECONDS))
    for number, group in ordered:
        found = list(group)
        if 0 <= number < SLOTS:
            slots[number] = [before, *found] if before is not None else found
        before = found[-1]
    return [list(slot) for slot in slots]


def _chart(
    title: str, unit: str, slots: Sequence[Slot], read: dict[str, Callable[[Slot], Value]]
) -> Chart:
    values = {
        name: [value_of(slot) if slot else None for slot in slots]
        for name, value_of in read.items()
    }
    top = _round_up(max((value for row in values.values() for value in row if value), default=0.0))
    series = [Series(name, row, _path(row, top)) for name, row in values.items()]
    return Chart(title, unit, series, top)


def _path(values: Sequence[Value], top: float) -> str:
    """The line through the values; a value alone is a short dash."""
    step, pieces, drawing = WIDTH / len(values), [], False
    for number, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        x, y = number * step, HEIGHT - value / top * HEIGHT
        pieces.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}H{x + step:.1f}")
        drawing = True
    return "".join(pieces)


def _round_up(highest: float) -> float:
    """The upper edge for a highest value: 1, 2 or 5 times a power of ten, at least 1."""
    if highest <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= highest)


def _highest(value_of: Callable[[Sample], float]) -> Callable[[Slot], Value]:
    return lambda slot: max(value_of(sample) for sample in slot)


def _last_of(value_of: Callable[[Sample], float]) -> Callable[[Slot], Value]:
    return lambda slot: value_of(slot[-1])


def _requests(slot: Slot) -> Value:
    return _a_minute(slot, lambda sample: sample.requests)


def _errors(slot: Slot) -> Value:
    return _a_minute(slot, lambda sample: sample.errors)


def _a_minute(slot: Slot, count_of: Callable[[Sample], int]) -> Value:
    seconds = slot[-1].at - slot[0].at
    if seconds <= 0:
        return None
    return _growth(count_of(slot[0]), count_of(slot[-1])) * 60 / seconds


def _p95(slot: Slot) -> Value:
    """The 95th percentile in milliseconds, from the buckets, as if answers were spread evenly in each."""
    grown = [_growth(*pair) for pair in zip(slot[0].buckets, slot[-1].buckets, strict=True)]
    total = sum(grown)
    if len(slot) < 2 or not total:
        return None
    rank, below = 0.95 * total, 0
    ends = (*BUCKETS, BUCKETS[-1])
    for number, count in enumerate(grown):
        if below + count >= rank:
            begin = BUCKETS[number - 1] if number else 0.0
            return (begin + (ends[number] - begin) * (rank - below) / count) * 1000
        below += count
    return BUCKETS[-1] * 1000


def _growth(earlier: int, later: int) -> int:
    """How much a count grew; counts that Redis lost began anew at 0."""
    return later - earlier if later >= earlier else later


def _waiting_in(queue: str) -> Callable[[Slot], Value]:
    return _last_of(lambda sample: sample.waiting.get(queue, 0))
