"""How much of what people have asked for on leaving is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from taskforge.leaving import queries
from taskforge.stores import sql


@dataclass(frozen=True)
class Late:
    """The numbers of exports and of deletions of accounts that are not finished."""

    exports: int = 0
    erasures: int = 0


def count_late(before: datetime) -> Late:
    """Those that were asked for before an instant."""
    return Late(**(sql.row(queries.COUNT_LATE, {"before": before}) or {}))
