"""No log of any process holds a secret, whatever goes wrong: people's secrets are planted, and all logs searched."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import structlog

from taskforge.dev.commands import RELEASE, ROOT, flask_command, web_child, worker_children
from taskforge.dev.servers import (
    Home,
    describe_mongodb,
    describe_postgres,
    describe_redis,
    running,
)
from taskforge.logs import HIDDEN, ScrubbingFormatter, configure_logs, scrub
from taskforge.server.processes import Process, free_port
from tests.web_servers import SECRETS

PASSWORD = "canary-Perch-Zephyr-8841"
NEW_PASSWORD = "canary-Walnut-Quartz-3307"
GUESS = "canary-Guess-Ember-5512"
EMAIL = "canary.address@example.test"


@dataclass
class System:
    """Everything that runs, with the logs that it writes."""

    port: int
    database_url: str
    logs: Path

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(
            "POST", path, json.dumps(body), {"Content-Type": "application/json", **given}
        )
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, json.loads(data) if data else None

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        return connection.getresponse().status

    def all_logs(self) -> str:
        found = [path for path in self.logs.rglob("*.log") if path.is_file()]
        assert {"web", "postgres", "redis", "workers"} <= {path.stem for path in found}
        return "\n".join(path.read_text(errors="replace") for path in found)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    home = Home(tmp_path, durable=False)
    home.prepare()
    stores = [partial(make, home) for make in (describe_postgres, describe_mongodb, describe_redis)]
    with running(stores) as started:
        port = free_port()
        environment = {
            **os.environ,
            **{store.variable: store.url for store in started},
            **{name.upper(): value for name, value in SECRETS.items()},
            # Not those of PostgreSQL: a test waits for a lock in vain.
            "MONGODB_TIMEOUT_MS": "5000",
            "REDIS_TIMEOUT_SECONDS": "2",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "LOG_LEVEL": "DEBUG",
            "WEB_ACCESS_LOG": "1",
            "WEB_WORKERS": "1",
            "PYTHONUNBUFFERED": "1",
        }
        for words in RELEASE:
            subprocess.run(
                flask_command(*words), cwd=ROOT, env=environment, check=True, capture_output=True
            )
        children = [web_child(environment, port, home), *worker_children(environment, home)]
        processes = [Process(child) for child in children]
        try:
            processes[0].wait_until_ready()
            yield System(port, environment["DATABASE_URL"], tmp_path)
        finally:
            for process in processes:
                process.ask_to_stop()
            for process in processes:
                process.wait_stopped()


def test_no_process_logs_a_secret_whatever_fails(system: System) -> None:
    names = {"firstName": "Canary", "lastName": "Bird"}
    sign_up = {**names, "email": EMAIL, "password": PASSWORD}
    assert system.post("/api/auth/register", sign_up)[0] == 201
    assert system.post("/api/auth/register", sign_up)[0] == 409
    assert system.post("/api/auth/login", {"email": EMAIL, "password": GUESS})[0] == 401
    status, logged_in = system.post("/api/auth/login", {"email": EMAIL, "password": PASSWORD})
    assert status == 200
    token, sid = logged_in["token"], logged_in["sessionId"]
    link = "canarylink" * 5
    assert system.get(f"/admin/claim/{link}?next=canary-query") == 404
    assert system.get(f"/feeds/{link}.ics") == 404
    with psycopg2.connect(system.database_url) as database, database.cursor() as cursor:
        cursor.execute("SELECT password_hash FROM users WHERE email = %s", [EMAIL])
        password_hash = cursor.fetchone()[0]
        # Refused rows, and statements that wait in vain: what a driver's exception and PostgreSQL's log could repeat.
        cursor.execute("ALTER TABLE users ADD CONSTRAINT ck_canary CHECK (email NOT LIKE 'no%')")
    refused = {**names, "email": "no.canary@example.test", "password": NEW_PASSWORD}
    assert system.post("/api/auth/register", refused)[0] == 500
    with psycopg2.connect(system.database_url) as database, database.cursor() as cursor:
        cursor.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        late = {**names, "email": "late.canary@example.test", "password": NEW_PASSWORD}
        assert system.post("/api/auth/register", late)[0] == 503
        database.rollback()
    assert system.post("/api/auth/logout", {}, Authorization=f"Bearer {token}")[0] == 204
    logs = system.all_logs()
    assert "ck_canary" in logs  # it did fail, and was noted
    assert "/api/auth/login" in logs
    secrets = [PASSWORD, NEW_PASSWORD, GUESS, password_hash, token, sid, link, "canary-query"]
    for secret in [*secrets, "$argon2", EMAIL, "no.canary@", *SECRETS.values()]:
        assert secret not in logs, secret


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("hash $argon2id$v=19$m=64,t=1,p=1$aa/b+$cc end", f"hash {HIDDEN} end"),
        ("Bearer eyJhbGci.eyJzdWIi.abc-_9 end", f"Bearer {HIDDEN} end"),
        ("bad\nDETAIL:  Failing row (a,\n b).\n[SQL: x]", f"bad\nDETAIL:  {HIDDEN}\n[SQL: x]"),
        ("bad\nDETAIL:  Key (email)=(a@b) exists.", f"bad\nDETAIL:  {HIDDEN}"),
        ("bad\nLINE 1: SELECT 'secret'\n         ^\nend", f"bad\nLINE {HIDDEN}\nend"),
        ("an ordinary sentence", "an ordinary sentence"),
    ],
)
def test_texts_lose_their_secrets(text: str, left: str) -> None:
    assert scrub(text) == left


@pytest.fixture
def configured() -> Iterator[None]:
    """The settings of the log, and then those of before: theirs hold a stream that ends with the test."""
    before = structlog.get_config()
    configure_logs("INFO")
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("configured")
def test_values_deep_inside_an_entry_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.wrap_logger(structlog.PrintLogger(), **_settings())
    log.info("event", user={"password": "p1", "list": [{"api_token": "p2"}, "$argon2id$p3"]})
    printed = capsys.readouterr().out
    assert json.loads(printed)["user"] == {
        "password": HIDDEN,
        "list": [{"api_token": HIDDEN}, HIDDEN],
    }


@pytest.mark.usefixtures("configured")
def test_a_line_stays_one_line_whatever_a_client_sends(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.wrap_logger(structlog.PrintLogger(), **_settings())
    forged = 'Mozilla\r\n{"event": "admin_granted"}\x1b[2J\u2028\x85'
    log.info("request", user_agent=forged)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert printed.isascii()
    assert json.loads(printed)["user_agent"] == forged


def test_what_libraries_log_is_scrubbed_too() -> None:
    error = ValueError("bad\nDETAIL:  Key (email)=(a@b) exists.")
    record = logging.LogRecord(
        "x", logging.ERROR, "x.py", 1, "it failed", None, (ValueError, error, None)
    )
    assert "a@b" not in ScrubbingFormatter().format(record)
    assert re.search(r"DETAIL:  \(hidden\)", ScrubbingFormatter().format(record))


def _settings() -> dict[str, Any]:
    settings = structlog.get_config()
    return {"processors": settings["processors"], "wrapper_class": settings["wrapper_class"]}
