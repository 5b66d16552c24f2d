"""A store that is down costs nobody a wait, and is asked again soon."""

from __future__ import annotations

import threading
import time

import pytest

from taskforge.messaging import breaker as breakers
from taskforge.messaging.breaker import FAILURES_TO_OPEN, Breaker, BreakerOpen


def fail(breaker: Breaker) -> None:
    with pytest.raises(ConnectionError), breaker.guard():
        raise ConnectionError


def open_breaker() -> Breaker:
    breaker = Breaker("store", (ConnectionError,))
    for _ in range(FAILURES_TO_OPEN):
        fail(breaker)
    return breaker


def test_it_opens_after_failures_in_a_row_and_refuses_without_asking() -> None:
    breaker = open_breaker()
    assert breaker.is_open
    with pytest.raises(BreakerOpen), breaker.guard():
        raise AssertionError("the store was asked")


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = Breaker("store", (ConnectionError,))
    for _ in range(FAILURES_TO_OPEN * 2):
        fail(breaker)
        with breaker.guard():
            pass
    assert not breaker.is_open


def test_other_errors_say_nothing_about_the_store() -> None:
    breaker = Breaker("store", (ConnectionError,))
    for _ in range(FAILURES_TO_OPEN * 2):
        with pytest.raises(ValueError, match="refused"), breaker.guard():
            raise ValueError("refused")
    assert not breaker.is_open


def test_one_trial_is_let_through_and_closes_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 0.05)
    breaker = open_breaker()
    time.sleep(0.06)
    # No second trial, however long this one takes.
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 60)
    admitted = 0
    with breaker.guard():  # the trial; it has not come back yet
        for _ in range(5):
            try:
                with breaker.guard():
                    admitted += 1
            except BreakerOpen:
                continue
    assert admitted == 0
    with breaker.guard():
        pass
    assert not breaker.is_open


def test_guarded_calls_run_side_by_side() -> None:
    breaker = Breaker("store", (ConnectionError,))
    meeting = threading.Barrier(4, timeout=30)

    def call() -> None:
        with breaker.guard():
            meeting.wait()  # breaks unless all four are inside at once

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not meeting.broken
