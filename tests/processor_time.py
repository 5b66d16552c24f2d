"""What a piece of work costs, told so that a busy machine or a large test process changes nothing about it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

# What `_reference` takes on the quiet machine for whose seconds the limits of the tests are written.
REFERENCE_SECONDS = 0.006


def processor_seconds(work: Callable[[], object]) -> float:
    """Processor time that some work takes in this thread, in seconds of a quiet machine.

    The same arithmetic is timed before and after it, and says how slow the processor is just now: one that shares its
    caches and its clock takes twice as long for everything. The garbage collector rests meanwhile, as its passes cost
    what the whole test process holds and not what the work does.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        before = slowness()
        began = time.thread_time()
        work()
        spent = time.thread_time() - began
        after = slowness()
    finally:
        if collects:
            gc.enable()
    return spent / max(before, after)


def slowness() -> float:
    """How many times as long as on the quiet machine everything takes just now."""
    return _reference() / REFERENCE_SECONDS


def _reference() -> float:
    """Seconds that a fixed mix of dictionary, list and string work takes now; the best of three."""
    return min(_timed_reference() for _ in range(3))


def _timed_reference() -> float:
    began = time.thread_time()
    words: dict[str, int] = {}
    for number in range(20_000):
        word = f"word{number % 997}"
        words[word] = words.get(word, 0) + len(word)
    sorted(words.items(), key=lambda item: item[1])
    return time.thread_time() - began
