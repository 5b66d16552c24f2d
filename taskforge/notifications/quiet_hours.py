"""Quiet hours: a part of the day in which nobody is to be disturbed, which may go over midnight."""

from __future__ import annotations

from datetime import time


def is_quiet_at(shown: time, begin: time | None, end: time | None) -> bool:
    """Whether a clock shows a time of the quiet hours; there are none without both ends, or if both are the same."""
    if begin is None or end is None or begin == end:
        return False
    return begin <= shown < end if begin < end else shown >= begin or shown < end
