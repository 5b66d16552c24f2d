"""How much freed memory the C library keeps for itself, for processes that live long."""

from __future__ import annotations

import ctypes

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8


def keep_little() -> None:
    """Let glibc return large blocks at once, and share one arena among all threads. Call it before the first thread.

    A password check takes 19 MiB for a moment, and glibc would keep that much for every thread. With blocks over 1 MiB
    returned to the system at once, two workers took 137 MB instead of 441. With an arena for each thread, what one has
    freed is of no use to another; Python lets one thread run at a time, so that they hardly wait for each other.
    musl and macOS have no mallopt.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
        library.mallopt(M_ARENA_MAX, 1)
