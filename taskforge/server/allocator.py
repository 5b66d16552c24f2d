"""How much freed memory the C library keeps for itself, in processes that live long."""

from __future__ import annotations

import ctypes

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
# musl and macOS have neither function.
_library = ctypes.CDLL(None)
_has_both = hasattr(_library, "mallopt") and hasattr(_library, "malloc_trim")


def keep_little() -> None:
    """Return blocks over 1 MiB to the system as soon as they are freed, and share one heap among all threads.

    A password check takes 19 MiB for a moment, and glibc would keep that much for every thread: two workers took
    441 MB instead of 137. It also has a heap for each thread, with free memory that the others can't use: 4 MB of a web
    process with nine threads. As Python lets one thread run at a time, they hardly ever wait for each other.
    """
    if _has_both:
        _library.mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
        _library.mallopt(M_ARENA_MAX, 1)


def trim() -> None:
    """Return every page that holds nothing to the system, in 2 ms.

    After the imports of the web server these are 8 of 124 MB; after pages were drawn in eight threads, 3 of 17 MB of a
    small program.
    """
    if _has_both:
        _library.malloc_trim(0)
