"""Fixtures that every test may ask for: the real servers, the application on them, people who use it.

Tests commit for real and from several connections, so nothing can be rolled back around them: what
they wrote is deleted after each test that asked for `app` (or anything built on it).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings

from taskforge import clock, create_app
from taskforge.cli import init_migrations
from taskforge.config import Config
from taskforge.dev.commands import ROOT
from taskforge.extensions import db
from taskforge.messaging.redis_client import breaker as redis_breaker
from taskforge.stores import mongo
from taskforge.stores.indexes import ensure_indexes
from tests.connections import ConnectionWatch
from tests.factories import Person, Team, make_person, make_team
from tests.multipart import keep_boundaries_short
from tests.pages import Visitor, visit
from tests.servers import Servers, describe_servers, start_servers
from tests.web_servers import PATIENCE, SECRETS, web_server_at
from tests.wiping import Wiper

# How long an example takes, or its making, says something of the machine's other work alone.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_report_header() -> str:
    return f"servers: {describe_servers()}"


def pytest_sessionstart(session: pytest.Session) -> None:
    # What a developer has set for `make run` must not change what the tests see.
    for name in ("PORT", "BIND", "TASKFORGE_ENV", "PUBLIC_URL", "TRUSTED_HOPS", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    keep_boundaries_short()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The three servers of this test process."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    with start_servers(int(name.removeprefix("gw")) if name else None) as started:
        yield started


@pytest.fixture(scope="session")
def config(servers: Servers) -> Config:
    """The configuration of the tests: real servers, cheap password hashes."""
    return Config(
        database_url=servers.database_url,
        mongodb_uri=servers.mongodb_uri,
        redis_url=servers.redis_url,
        argon2_time_cost=1,
        argon2_memory_kib=64,
        testing=True,
        **SECRETS,
        **PATIENCE,
    )


@pytest.fixture(scope="session")
def migrated_app(config: Config) -> Flask:
    """The application, made once, on servers that have every table and index."""
    app = create_app(config)
    init_migrations(app)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        ensure_indexes()
    return app


@pytest.fixture(scope="session")
def wiper(servers: Servers, migrated_app: Flask) -> Iterator[Wiper]:
    """Deletes what tests wrote; what the migrations put in stays."""
    wiper = Wiper(servers)
    wiper.wipe()
    yield wiper
    wiper.close()


@pytest.fixture(scope="session")
def connection_watch(migrated_app: Flask) -> ConnectionWatch:
    """Notes where a thread takes a second connection to PostgreSQL."""
    with migrated_app.app_context():
        return ConnectionWatch(db.engine)


@pytest.fixture
def app(migrated_app: Flask, wiper: Wiper, connection_watch: ConnectionWatch) -> Iterator[Flask]:
    """The application on empty stores; no thread of it may need two connections to PostgreSQL at once."""
    yield migrated_app
    wiper.wipe()
    mongo.breaker.reset()
    redis_breaker.reset()
    second, connection_watch.second = connection_watch.second, []
    assert second == []


@pytest.fixture
def same_day() -> Iterator[None]:
    """This thread's clock stands still: no midnight passes between what a test does and what it expects."""
    with clock.frozen(clock.now()):
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor with cookies of their own, not signed in."""
    return app.test_client()


@pytest.fixture
def ada(app: Flask) -> Person:
    """Who leads the team."""
    return make_person(app, "Ada")


@pytest.fixture
def bob(app: Flask) -> Person:
    """Somebody else, in the team only where a test puts him there."""
    return make_person(app, "Bob")


@pytest.fixture
def grace(app: Flask) -> Person:
    """Somebody else, in the team only where a test puts her there."""
    return make_person(app, "Grace")


@pytest.fixture
def gus(app: Flask) -> Person:
    """Somebody else, by custom a guest of the team."""
    return make_person(app, "Gus")


@pytest.fixture
def eve(app: Flask) -> Person:
    """A stranger, in no team."""
    return make_person(app, "Eve")


@pytest.fixture
def team(ada: Person) -> Team:
    """Ada's team, in which she is alone; a module whose tests need more people has its own."""
    return make_team(ada)


@pytest.fixture
def visitor(ada: Person) -> Visitor:
    """Ada at her browser."""
    return visit(ada)


@pytest.fixture(scope="session")
def web_server(
    servers: Servers, migrated_app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The real web server as a process of its own; its address."""
    # Often enough for a test to see it.
    often = {"LIVE_BEAT_SECONDS": "3", "LIVE_CHECK_SECONDS": "2", "LIVE_PRESENCE_SECONDS": "4"}
    with web_server_at(servers, tmp_path_factory.mktemp("web"), **often) as address:
        yield address


@pytest.fixture
def live_server(web_server: str, app: Flask) -> str:
    """The address of the real web server, on empty stores."""
    return web_server
