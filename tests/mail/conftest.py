"""The application with a mail server of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from taskforge.config import Config
from taskforge.server.processes import free_port
from tests.factories import Person, Team, make_team
from tests.mail.bundling import clear
from tests.mail.server import Inbox, mail_server


@pytest.fixture
def smtp_port() -> int:
    return free_port()


@pytest.fixture
def mailing(app: Flask, smtp_port: int) -> Iterator[Flask]:
    """The application with `SMTP_URL` set; whether somebody listens there is the test's affair."""
    config: Config = app.config["TASKFORGE"]
    app.config["TASKFORGE"] = config.replaced(
        smtp_url=f"smtp://127.0.0.1:{smtp_port}",
        mail_from="TaskForge <forge@example.com>",
        public_url="https://tasks.example.com",
    )
    yield app
    app.config["TASKFORGE"] = config


@pytest.fixture
def inbox(mailing: Flask, smtp_port: int) -> Iterator[Inbox]:
    """What a mail server took that listens at `SMTP_URL`."""
    with mail_server(smtp_port) as taken:
        yield taken


@pytest.fixture
def team(mailing: Flask, ada: Person, bob: Person) -> Iterator[Team]:
    """A team with a member, inside the application's context; nobody has been told of anything yet."""
    with mailing.app_context():
        made = make_team(ada, member=bob)
        clear()
        yield made
