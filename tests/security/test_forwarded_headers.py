"""What proxies write, or clients pretend that they wrote, never makes a request fail."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge import create_app
from taskforge.config import Config
from tests.accounts.test_login import log_in
from tests.factories import Person
from tests.pages import Visitor

ODD = [
    "1.2.3.4:5678",
    "unknown",
    "_secret",
    "",
    " ",
    ",",
    ", ,",
    "1.2.3.4, unknown",
    "[2001:db8::1]:443",
    "::ffff:1.2.3.4",
    "fe80::1%eth0",
    "999.1.1.1",
    "'; DROP TABLE users; --",
    "1.2.3.4" * 500,
    "\xff\xfe",
    "127.0.0.1/8",
]


@pytest.fixture(scope="module")
def app_behind_a_proxy(migrated_app: Flask, config: Config) -> Flask:
    return create_app(config.replaced(trusted_hops=1))


@pytest.fixture
def behind_a_proxy(app_behind_a_proxy: Flask) -> FlaskClient:
    return app_behind_a_proxy.test_client()


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value[:24]))
def test_an_odd_address_logs_in_and_is_recorded_as_far_as_it_is_one(
    behind_a_proxy: FlaskClient, ada: Person, value: str
) -> None:
    behind_a_proxy.environ_base["HTTP_X_FORWARDED_FOR"] = value
    assert log_in(behind_a_proxy, ada.email, "not the right password").status == 422
    assert log_in(behind_a_proxy, ada.email).status == 303
    assert Visitor(behind_a_proxy).open("/sessions").status == 200
    assert Visitor(behind_a_proxy).fill("/boards", "/logout").status == 303


@pytest.mark.parametrize("header", ["PROTO", "HOST", "PORT", "PREFIX", "FOR"])
@pytest.mark.parametrize("value", [*ODD, "javascript", "a b", "[", "[::1", "x:y:z", "é.example"])
def test_no_forwarded_header_makes_a_server_error(
    behind_a_proxy: FlaskClient, header: str, value: str
) -> None:
    behind_a_proxy.environ_base[f"HTTP_X_FORWARDED_{header}"] = value
    for path in ("/login", "/boards", "/livez", "/nothing-here"):
        assert behind_a_proxy.get(path).status_code < 500
