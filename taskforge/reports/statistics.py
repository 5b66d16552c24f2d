"""Percentiles as reports give them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

PERCENTILES = (50, 70, 85, 95)


def percentile(ordered: Sequence[float], share: int) -> float:
    """The least of some values, in ascending order, that at least `share` per cent of them do not exceed.

    It is always one of the values (the method of the nearest rank); there must be one.
    """
    return ordered[max(0, ceil(share * len(ordered) / 100) - 1)]


def percentiles(values: Sequence[float]) -> dict[int, float]:
    """The percentiles that reports show, by their per cent; empty where there are no values."""
    ordered = sorted(values)
    return {share: percentile(ordered, share) for share in PERCENTILES} if ordered else {}
