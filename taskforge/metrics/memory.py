"""The memory of this process, as Linux tells it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_ROLLUP = Path("/proc/self/smaps_rollup")


class Memory(NamedTuple):
    """Bytes: ``rss`` all pages that are resident, ``pss`` with those shared with others divided among them."""

    rss: int
    pss: int


def read_memory() -> Memory:
    """The present figures; zeros on a system that does not tell them."""
    try:
        lines = _ROLLUP.read_text().splitlines()[1:]
    except OSError:
        return Memory(0, 0)
    kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return Memory(kib.get("Rss", 0) * 1024, kib.get("Pss", 0) * 1024)
