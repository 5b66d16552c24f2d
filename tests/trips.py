"""What a request asks of the stores: as `taskforge.http.request_meter` counts it, or as statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from taskforge.extensions import db

_ENTRY = re.compile(r'(\w+);dur=[0-9.]+;desc="(\d+)"')


def count_round_trips(answer: TestResponse) -> dict[str, int]:
    """What an answer cost, by store; a store that was not asked is left out."""
    found = dict(_ENTRY.findall(answer.headers["Server-Timing"]))
    return {store: int(trips) for store, trips in found.items() if store != "templates"}


@contextmanager
def counting_statements(app: Flask) -> Iterator[list[str]]:
    """The statements that PostgreSQL is asked meanwhile, as a list that grows."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
