"""What processes use, as Linux counts it: processor time of all their threads, and memory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(word) for word in (PROC / f"{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time that the processes have used since their start, to the nanosecond."""
    return sum(cpu_by_process(pids).values())


def cpu_by_process(pids: Iterable[int]) -> dict[int, float]:
    """The same for each process; those that have just ended are left out."""
    found = {}
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            found[pid] = _nanoseconds(PROC / str(pid)) / 1e9
    return found


def _nanoseconds(process: Path) -> int:
    used = 0
    for thread in (process / "task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            used += int((thread / "schedstat").read_text().split()[0])
    return used


def memory_mb(pids: Iterable[int]) -> float:
    """Memory of the processes in megabytes; what they share is counted once (PSS)."""
    found = [_PSS.search((PROC / f"{pid}/smaps_rollup").read_text()) for pid in pids]
    return sum(int(match[1]) for match in found if match) * 1024 / 1e6


def descendants_of(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    found: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for child in children_of(pid):
            found += [child, *descendants_of(child)]
    return found


def name_of(pid: int) -> str:
    """The command line of a process, "" once it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
