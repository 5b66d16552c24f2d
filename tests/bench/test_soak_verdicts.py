"""A soak fails for what grows, and for nothing else."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.soak_verdicts import Sample, judge

MINUTE = 60.0
STEADY = [
    Sample(
        seconds=number * MINUTE,
        memory={"web worker 1": 100.0 + number % 3, "relay": 60.0},
        waiting={"outbox": 5 + number % 4},
        rows={"operations": 10 * number},
        writes=10 * number,
        endless=frozenset({"rq:queues", "rq:workers"}),
    )
    for number in range(31)
]


def problems(samples: list[Sample]) -> list[str]:
    return judge(samples, since_seconds=5 * MINUTE)


def test_a_steady_system_has_no_problem() -> None:
    assert problems(STEADY) == []


def test_memory_that_grows_is_named() -> None:
    leaking = [replace(each, memory={"relay": 60 + each.seconds / 60}) for each in STEADY]
    assert problems(leaking) == ["relay grew from 67 to 88 MB (31 %)."]


def test_memory_may_grow_until_caches_are_full_and_peak_for_a_moment() -> None:
    filling = [
        replace(each, memory={"relay": 30.0 if each.seconds < 5 * MINUTE else 60.0})
        for each in STEADY
    ]
    filling[-1] = replace(filling[-1], memory={"relay": 90.0})
    assert problems(filling) == []


def test_a_process_that_came_later_does_not_count_against_one_that_was_there() -> None:
    later = [*STEADY[:-1], replace(STEADY[-1], memory={**STEADY[-1].memory, "web worker 3": 80.0})]
    assert problems(later) == []


def test_a_queue_that_grows_is_named() -> None:
    growing = [replace(each, waiting={"outbox": int(each.seconds / 10)}) for each in STEADY]
    assert problems(growing) == [
        "outbox: never fewer than 126 wait at the end, 0 at the beginning."
    ]


def test_a_queue_may_be_long_for_a_moment() -> None:
    crowded = [*STEADY[:-2], replace(STEADY[-2], waiting={"outbox": 900}), STEADY[-1]]
    assert problems(crowded) == []


def test_a_table_that_gets_more_rows_than_changes_is_named() -> None:
    doubling = [replace(each, rows={"operations": 2 * each.writes}) for each in STEADY]
    assert problems(doubling) == ["operations got 600 rows by 300 changes."]


def test_a_key_without_a_time_to_live_is_named() -> None:
    endless = [*STEADY[:-1], replace(STEADY[-1], endless=frozenset({"rq:queues", "session:1"}))]
    assert problems(endless) == ["1 keys of Redis have no time to live: session:1"]


def test_a_run_that_was_too_short_proves_nothing() -> None:
    assert problems(STEADY[:7]) == ["There are 2 samples after 300 s: run it longer."]
