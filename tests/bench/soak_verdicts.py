"""What `make soak` judges: whether memory, queues, tables or keys grow under a load that stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

# Memory may be this much above what it was at the beginning, as a share of it.
MEMORY_SHARE = 0.10
# Work that always waits at some moment, however quick the workers are.
USUAL_DEPTH = 20
# RQ's registries; its jobs have a time to live.
KEYS_THAT_STAY = ("rq:queue", "rq:workers", "rq:wip", "rq:finished", "rq:failed", "rq:clean_registries",
                  "rq:scheduled", "rq:deferred", "rq:canceled", "rq:results")  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """How things stand at a moment.

    ``memory`` is megabytes by process, ``waiting`` what is to be done by queue, ``rows`` the rows of tables that are
    deleted from after their time, ``writes`` the changes that were made so far, ``endless`` the keys of Redis without a
    time to live.
    """

    seconds: float
    memory: Mapping[str, float] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    writes: int = 0
    endless: frozenset[str] = frozenset()


def judge(samples: Sequence[Sample], *, since_seconds: float) -> list[str]:
    """Everything that grows, as sentences. Memory is looked at from `since_seconds` on, when caches are full."""
    settled = [sample for sample in samples if sample.seconds >= since_seconds]
    if len(settled) < 3:
        return [f"There are {len(settled)} samples after {since_seconds:.0f} s: run it longer."]
    return [
        *judge_memory(settled),
        *judge_waiting(samples),
        *judge_rows(samples),
        *judge_keys(samples[-1]),
    ]


def judge_memory(samples: Sequence[Sample]) -> Iterator[str]:
    """Processes whose memory is more than a tenth above that of the beginning.

    Each end is the median of a fifth of the samples: memory that is used for a moment does not count.
    """
    fifth = max(1, len(samples) // 5)
    for name in samples[0].memory:
        first, last = (
            median(sample.memory[name] for sample in part if name in sample.memory)
            for part in (samples[:fifth], samples[-fifth:])
        )
        if last > first * (1 + MEMORY_SHARE):
            share = (last / first - 1) * 100
            yield f"{name} grew from {first:.0f} to {last:.0f} MB ({share:.0f} %)."


def judge_waiting(samples: Sequence[Sample]) -> Iterator[str]:
    """Queues that are longer in the last third than in the first, at the moments when they are shortest."""
    third = max(1, len(samples) // 3)
    for name in samples[-1].waiting:
        first, last = (
            min(sample.waiting.get(name, 0) for sample in part)
            for part in (samples[:third], samples[-third:])
        )
        if last > first + USUAL_DEPTH:
            yield f"{name}: never fewer than {last} wait at the end, {first} at the beginning."


def judge_rows(samples: Sequence[Sample]) -> Iterator[str]:
    """Tables that got more rows than changes were made."""
    first, last = samples[0], samples[-1]
    writes = last.writes - first.writes
    for name, rows in last.rows.items():
        more = rows - first.rows.get(name, 0)
        if more > writes:
            yield f"{name} got {more} rows by {writes} changes."


def judge_keys(sample: Sample) -> Iterator[str]:
    """Redis keys that would stay for ever."""
    endless = sorted(key for key in sample.endless if not key.startswith(KEYS_THAT_STAY))
    if endless:
        shown = ", ".join(endless[:5])
        yield f"{len(endless)} keys of Redis have no time to live: {shown}"
