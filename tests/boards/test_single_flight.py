"""Threads that need the same at the same time have it made once; whoever fails leaves it to the next one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from taskforge import single_flight
from taskforge.single_flight import SingleFlight

THREADS = 8


def test_one_thread_works_for_all_and_a_failure_is_made_good() -> None:
    flight, made, tries = SingleFlight(), [], []
    ready = threading.Barrier(THREADS)

    def work() -> None:
        ready.wait()
        with flight.turn("board"):
            if made:
                return
            tries.append(threading.get_ident())
            if len(tries) == 1:
                raise ConnectionError
            made.append("page")

    with ThreadPoolExecutor(THREADS) as pool:
        results = [pool.submit(work) for _ in range(THREADS)]
    failed = [result for result in results if result.exception() is not None]
    assert (len(failed), len(tries), made) == (1, 2, ["page"])
    assert not flight._turns


def test_nobody_waits_for_another_key_or_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_flight, "MAX_WAIT_SECONDS", 0.01)
    flight, entered = SingleFlight(), []

    def enter(key: str) -> None:
        with flight.turn(key):
            entered.append(key)

    with flight.turn("slow"), ThreadPoolExecutor(2) as pool:
        for key in ("other", "slow"):
            pool.submit(enter, key).result(timeout=30)
    assert entered == ["other", "slow"]
    assert not flight._turns
