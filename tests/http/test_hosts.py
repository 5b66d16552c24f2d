"""The server answers to its own names, and tells whoever looks after it how it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge import create_app
from taskforge.config import Config
from taskforge.stores import mongo


@pytest.fixture
def named(app: Flask, config: Config) -> Iterator[FlaskClient]:
    yield create_app(config.replaced(allowed_hosts="tasks.example.test, other.test")).test_client()
    mongo.connect(config)


@pytest.mark.parametrize("host", ["tasks.example.test", "OTHER.test", "tasks.example.test:8000"])
def test_own_names_are_answered(named: FlaskClient, host: str) -> None:
    assert named.get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "tasks.example.test.evil.test", "127.0.0.1"])
def test_other_names_are_refused(named: FlaskClient, host: str) -> None:
    assert named.get("/login", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_is_told_by_any_name(named: FlaskClient, path: str) -> None:
    assert named.get(path, headers={"Host": "10.0.0.7"}).status_code == 200
