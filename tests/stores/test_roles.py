"""A role that migrates and a role that runs the application: the second owns nothing, and the audit log only grows."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from taskforge import create_app
from taskforge.audit import chain
from taskforge.cli import init_migrations
from taskforge.config import Config
from taskforge.dev.commands import ROOT
from taskforge.extensions import config_of, db
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import roles, sql
from tests.factories import make_person, make_task, make_team

DATABASE = "taskforge_test_roles"
ROLES = ("keeper", "runner")
PASSWORD = "a-word-for-tests"


def as_role(url: str, role: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{place}", path=f"/{DATABASE}"))


def run(url: str, *statements: str) -> None:
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        for statement in statements:
            with connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.fixture(scope="module")
def split(config: Config) -> Iterator[Config]:
    """A database of its own whose tables belong to the keeper; the application is the runner."""
    url = config.database_url
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolcreaterole AND rolcreatedb FROM pg_roles WHERE rolname = user")
        if cursor.fetchone() != (True,):
            pytest.skip("the tests' role may not create roles")
    run(
        url,
        f"DROP DATABASE IF EXISTS {DATABASE}",
        *(f"DROP ROLE IF EXISTS {role}" for role in ROLES),
        *(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'" for role in ROLES),
        f"CREATE DATABASE {DATABASE} OWNER keeper",
    )
    yield config.replaced(
        database_url=as_role(url, "runner"), database_migration_url=as_role(url, "keeper")
    )
    run(
        url,
        f"DROP DATABASE {DATABASE} WITH (FORCE)",
        *(f"DROP ROLE {role}" for role in ROLES),
    )


@pytest.fixture(scope="module")
def runner(split: Config) -> Iterator[Flask]:
    app = create_app(split)
    init_migrations(app)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        yield app
        redis_client().flushdb()
        for engine in db.engines.values():
            engine.dispose()


def test_the_application_does_its_work_without_owning_anything(runner: Flask) -> None:
    ada = make_person(runner)
    team = make_team(ada, member=make_person(runner, "Bob"))
    task_id = make_task(ada, team, "Forge a key")
    assert ada.api("PATCH", f"/tasks/{task_id}", {"title": "Forge two keys"}).status_code == 200
    assert ada.api("DELETE", f"/tasks/{task_id}").status_code in (200, 204)
    assert ada.browser().get(f"/boards/{team.board_id}").status_code == 200
    assert chain.seal_pending(config_of().audit_key.encode()) > 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_chain",
        "UPDATE audit_logs SET event = 'task.edited'",
        "TRUNCATE audit_logs",
        "ALTER TABLE audit_logs DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_chain_append_only ON audit_chain",
        "DROP TABLE audit_chain",
        "ALTER TABLE users ADD COLUMN x int",
        "INSERT INTO permissions VALUES (999, 'all', 'all')",
        "DELETE FROM alembic_version",
        "CREATE TABLE mine (x int)",
        "SET ROLE keeper",
    ],
)
def test_the_application_cannot_loosen_its_guards(runner: Flask, statement: str) -> None:
    refused = pytest.raises((ProgrammingError, PermissionError), match=r"denied|must be owner")
    with refused, db.engine.begin() as connection:
        connection.execute(text(statement))


def test_the_doctor_says_which_role_it_is(runner: Flask, app: Flask) -> None:
    report = roles.describe_role()
    assert report.is_separate
    assert "runner" in report.sentence
    with app.app_context():
        assert not roles.describe_role().is_separate


def test_the_report_is_part_of_the_doctors_answer(runner: Flask) -> None:
    result = runner.test_cli_runner().invoke(args=["taskforge", "doctor", "--json"])
    assert json.loads(result.output)["databaseRole"]["isSeparate"] is True


def test_a_second_migration_grants_what_was_taken(runner: Flask, split: Config) -> None:
    run(
        split.database_migration_url,
        "REVOKE ALL ON boards FROM runner",
        "GRANT UPDATE ON audit_chain TO runner",
    )
    assert not roles.describe_role().is_separate
    upgrade(directory=str(ROOT / "migrations"))
    assert roles.describe_role().is_separate
    assert sql.scalar(text("SELECT count(*) FROM boards")) is not None
