"""The embedded servers keep their data through a kill and start again whatever the kill left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from pymongo import MongoClient

from taskforge.dev import postgres
from taskforge.dev.servers import (
    Home,
    Store,
    describe_mongodb,
    describe_postgres,
    describe_redis,
    start,
)
from taskforge.server.processes import Process


@pytest.fixture
def home() -> Iterator[Home]:
    # Not pytest's own folder: root's is closed to the user that PostgreSQL runs as.
    with tempfile.TemporaryDirectory(
        prefix="taskforge-test-", ignore_cleanup_errors=True
    ) as folder:
        home = Home(Path(folder))
        home.prepare()
        yield home


@contextlib.contextmanager
def started(describe: Any, home: Home) -> Iterator[tuple[Store, Process]]:
    store, process = start(lambda: describe(home))
    try:
        yield store, process
    finally:
        process.ask_to_stop()
        process.wait_stopped()


def write(store: Store, value: int) -> None:
    if store.variable == "DATABASE_URL":
        query(store, f"CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES ({value})")
    elif store.variable == "REDIS_URL":
        redis.Redis.from_url(store.url).sadd("kept", value)
    else:
        with MongoClient[dict[str, Any]](store.url) as client:
            client.get_default_database().kept.insert_one({"_id": value})


def read(store: Store) -> set[int]:
    if store.variable == "DATABASE_URL":
        return {n for (n,) in query(store, "SELECT n FROM kept")}
    if store.variable == "REDIS_URL":
        return {int(member) for member in redis.Redis.from_url(store.url).smembers("kept")}
    with MongoClient[dict[str, Any]](store.url) as client:
        return {found["_id"] for found in client.get_default_database().kept.find()}


def query(store: Store, statement: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(psycopg2.connect(store.url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("describe", [describe_postgres, describe_redis, describe_mongodb])
def test_data_outlives_a_kill_and_a_stop(describe: Any, home: Home) -> None:
    with started(describe, home) as (store, process):
        write(store, 1)
        process.kill()
    with started(describe, home) as (store, process):
        write(store, 2)
    with started(describe, home) as (store, process):
        assert read(store) == {1, 2}


def test_a_process_id_that_another_program_has_by_now_does_not_stop_postgresql(home: Home) -> None:
    with started(describe_postgres, home) as (store, process):
        write(store, 1)
        process.kill()
    place = postgres.find_place(home.folder)
    for record in (place.data / "postmaster.pid", place.sockets / ".s.PGSQL.5432.lock"):
        _, *rest = record.read_text().splitlines(keepends=True)
        record.write_text("".join([f"{os.getpid()}\n", *rest]))
    home.pid_file("postgres").write_text(str(os.getpid()))
    with started(describe_postgres, home) as (store, process):
        assert read(store) == {1}


def test_a_set_up_that_was_killed_is_made_anew(home: Home) -> None:
    half = home.folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with started(describe_postgres, home) as (store, _):
        assert query(store, "SELECT current_database()") == [("taskforge",)]


def test_redis_loads_a_log_whose_end_was_cut_off(home: Home) -> None:
    with started(describe_redis, home) as (store, process):
        write(store, 1)
        process.kill()
    with (home.folder / "redis" / "appendonly.aof").open("ab") as log:
        log.write(b"*3\r\n$4\r\nSADD\r\n$4\r\nke")
    with started(describe_redis, home) as (store, _):
        assert read(store) == {1}


def test_a_start_ends_the_server_that_an_earlier_run_left_behind(home: Home) -> None:
    _, left = start(lambda: describe_mongodb(home))
    with started(describe_mongodb, home) as (store, process):
        write(store, 1)
        assert left.exit_code is not None
        assert process.exit_code is None


def test_postgresql_runs_in_a_folder_whose_path_is_too_long_for_a_socket(home: Home) -> None:
    deep = Home(home.folder / ("long" * 25))
    deep.prepare()
    with started(describe_postgres, deep) as (store, _):
        assert query(store, "SELECT 1") == [(1,)]


def test_a_server_dies_with_the_process_that_started_it(home: Home) -> None:
    read_end, write_end = os.pipe()
    parent = os.fork()
    if parent == 0:
        _, process = start(lambda: describe_redis(home))
        os.write(write_end, str(process.pid).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(parent, 0)
    orphan = int(os.read(read_end, 20))
    os.close(read_end)
    os.close(write_end)
    with started(describe_redis, home) as (_, process):
        assert process.pid != orphan


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another user")
def test_root_starts_postgresql_where_the_other_user_cannot_go(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ROOT_SHELTER", home.folder / "shelter")
    (home.folder / "closed").mkdir(mode=0o700)
    inside = Home(home.folder / "closed" / "data")
    inside.prepare()
    with started(describe_postgres, inside) as (store, _):
        assert query(store, "SELECT 1") == [(1,)]
        assert (home.folder / "shelter").exists()


def test_copied_programs_of_postgresql_work(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "ROOT_SHELTER", home.folder / "shelter")
    programs = postgres.copy_binaries(postgres.installed_binaries())
    assert programs.is_relative_to(home.folder)
    place = replace(postgres.find_place(home.folder), binaries=programs)
    postgres.set_up(place, "taskforge", home.log("postgres"), durable=False)
    assert (place.data / "PG_VERSION").read_text() == "18\n"
