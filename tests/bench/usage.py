"""What processes use, as Linux counts it: processor time of all their threads and children, and memory."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
# Positions in /proc/PID/stat, counted from behind the name: user and system time, then those of ended children.
_OWN, _ENDED = slice(11, 13), slice(13, 15)


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(word) for word in (PROC / f"{pid}/task/{pid}/children").read_text().split()]


def descendants_of(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    found: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for child in children_of(pid):
            found += [child, *descendants_of(child)]
    return found


def cpu_of_tree(pid: int, without: Collection[int] = ()) -> float:
    """Processor seconds that a process and everything it started have used so far, those that have ended included."""
    return sum(
        cpu_seconds([each], with_ended=True)
        for each in (pid, *descendants_of(pid))
        if each not in without
    )


def cpu_seconds(pids: Iterable[int], *, with_ended: bool = False) -> float:
    """Processor time that the processes have used since their start."""
    return sum(cpu_by_process(pids, with_ended=with_ended).values())


def cpu_by_process(pids: Iterable[int], *, with_ended: bool = False) -> dict[int, float]:
    """The same for each process; those that have just ended are left out.

    ``with_ended`` adds what their ended children have used.
    """
    found = {}
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            found[pid] = _seconds(PROC / str(pid), with_ended)
    return found


def _seconds(process: Path, with_ended: bool) -> float:
    """To the nanosecond by the threads that live; what has ended is known in clock ticks only."""
    threads = 0
    for thread in (process / "task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            threads += int((thread / "schedstat").read_text().split()[0])
    numbers = (process / "stat").read_text().rpartition(")")[2].split()
    own, ended = (sum(map(int, numbers[place])) / TICKS_PER_SECOND for place in (_OWN, _ENDED))
    return max(threads / 1e9, own) + (ended if with_ended else 0.0)


def memory_mb(pids: Iterable[int]) -> float:
    """Memory of the processes in megabytes; what they share is counted once (PSS)."""
    found = []
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            found.append(_PSS.search((PROC / f"{pid}/smaps_rollup").read_text()))
    return sum(int(match[1]) for match in found if match) * 1024 / 1e6


def memory_of_tree(pid: int) -> float:
    """Memory of a process and everything that it started, in megabytes (PSS)."""
    return memory_mb([pid, *descendants_of(pid)])


def name_of(pid: int) -> str:
    """The command line of a process, "" once it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
