"""How much memory Python holds while something is done."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable


def most_held(act: Callable[[], object]) -> int:
    """The most bytes held at once while something is done, beyond what was held before.

    It is done twice, and the lesser number counts: a table of the interpreter that has to grow at that moment, such as
    the one of interned strings (10 MB in a process that has imported much), does so once.
    """
    return min(_most_held_once(act) for _ in range(2))


def _most_held_once(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        act()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
