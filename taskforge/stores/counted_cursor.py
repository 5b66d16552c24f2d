"""Counts the statements of PostgreSQL, whoever sends them: SQLAlchemy, or our own code by the driver's cursor."""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg2.extensions

from taskforge.messaging.breaker import POSTGRESQL
from taskforge.metrics.trips import note_trip, now
from taskforge.stores.statement_names import name_statement


class CountedCursor(psycopg2.extensions.cursor):
    """The driver's cursor; each `execute` is one trip. Costs about a microsecond a statement."""

    def execute(self, query: Any, parameters: Any = None) -> None:
        """Run a statement; a slow one is logged by its name."""
        began = now()
        try:
            super().execute(query, parameters)
        finally:
            note_trip(POSTGRESQL, now() - began, partial(name_statement, query))
