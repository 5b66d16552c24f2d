"""Applications for which one store is refused (a closed port) or hangs (a socket that never answers)."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from taskforge import create_app
from taskforge.accounts.service import register_user
from taskforge.boards.service import create_team
from taskforge.config import Config
from taskforge.ids import new_id
from taskforge.messaging.redis_client import breaker as redis_breaker
from taskforge.server.processes import free_port
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor

MakeApp = Callable[..., Flask]
QUICK = {"mongodb_timeout_ms": 400, "redis_timeout_seconds": 0.25, "database_deadline_seconds": 2.0}
PASSWORD = "A long enough sentence 7"


@pytest.fixture
def make_app(app: Flask, config: Config) -> Iterator[MakeApp]:
    """Build an application like the tests' own, with some settings changed; undone afterwards."""

    def make(**changes: object) -> Flask:
        made = create_app(config.replaced(**{**QUICK, **changes}))
        reset_breakers()
        return made

    yield make
    mongo.connect(config)
    sql.set_client_deadline(config.database_deadline_seconds)
    reset_breakers()


@pytest.fixture
def refused() -> int:
    """A port on which nobody listens."""
    return free_port()


@pytest.fixture
def hanging() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def person(app: Flask) -> Actor:
    """Somebody with a team and a board, made while everything worked."""
    with app.app_context():
        actor = Actor(user_id=new_id())
        email = f"{uuid.uuid4().hex[:12]}@example.com"
        register_user(actor, email=email, password=PASSWORD, first_name="Ada", last_name="Byron")
        create_team(actor, name="Works without")
    return actor


def reset_breakers() -> None:
    """Let every store be asked again."""
    for breaker in (mongo.breaker, redis_breaker, sql.breaker):
        breaker.reset()
