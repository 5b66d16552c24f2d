"""The application with keys of push messages, and a push service on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from taskforge.config import Config
from taskforge.notifications.push.messages import make_keys
from tests.factories import Person, Team, make_team
from tests.push.service import PushService, push_service

KEYS = make_keys()


@pytest.fixture
def pushing(app: Flask) -> Iterator[Flask]:
    config: Config = app.config["TASKFORGE"]
    app.config["TASKFORGE"] = config.replaced(
        vapid_public_key=KEYS[0],
        vapid_private_key=KEYS[1],
        push_allows_local=True,
        public_url="https://tasks.example.com",
    )
    yield app
    app.config["TASKFORGE"] = config


@pytest.fixture
def service(pushing: Flask) -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)
