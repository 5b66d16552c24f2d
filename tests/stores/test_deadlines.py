"""Nobody waits for PostgreSQL longer than their deadline."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.config import Config
from taskforge.errors import Unavailable
from taskforge.extensions import db
from taskforge.stores import sql
from tests.stores.scene import read

BEGUN = {"read": "AUTOCOMMIT", "change": "READ COMMITTED"}


@pytest.fixture
def own_deadline(app: Flask, config: Config) -> Iterator[Callable[[float], None]]:
    """Gives this process a deadline that a test can wait for; undone afterwards."""
    yield sql.set_client_deadline
    sql.set_client_deadline(config.database_deadline_seconds)
    sql.breaker.reset()


@pytest.mark.parametrize("isolation", BEGUN.values(), ids=BEGUN)
def test_a_connection_that_hangs_is_given_up_at_the_deadline(
    app: Flask, own_deadline: Callable[[float], None], config: Config, isolation: str
) -> None:
    """The connection answered before; only then does its server hang."""
    refusals: list[Unavailable] = []

    def wait_for_it() -> None:
        with app.app_context(), db.engine.connect() as connection:
            connection = connection.execution_options(isolation_level=isolation)
            connection.execute(text("SET statement_timeout = 0"))
            own_deadline(0.3)  # from here on, or a slow connection would be given up
            try:
                with sql.translated():
                    connection.execute(text("SELECT pg_sleep(20)"))
            except Unavailable as refusal:
                refusals.append(refusal)
                assert connection.invalidated

    waiting = threading.Thread(target=wait_for_it, daemon=True)
    waiting.start()
    waiting.join(timeout=15)
    assert not waiting.is_alive()
    assert len(refusals) == 1
    own_deadline(config.database_deadline_seconds)
    with app.app_context():
        assert read("SELECT 1") == 1


def test_a_statement_that_takes_too_long_is_not_blamed_on_others(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(Unavailable) as slow, sql.translated():
            connection.execute(text("SELECT pg_sleep(20)"))
    assert slow.value.message == sql.TOO_SLOW
