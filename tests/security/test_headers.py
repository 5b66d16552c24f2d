"""Security headers are on every answer, whatever it answers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from taskforge import create_app
from taskforge.config import Config
from taskforge.http.assets import asset_url
from taskforge.http.security_headers import FILE_POLICY
from tests.factories import csrf_token

ADDRESSES = [
    "/login",
    "/livez",
    "/readyz",
    "/nowhere",
    "/api/nowhere",
    "/api/openapi.json",
    "/boards",
    "/favicon.ico",
]


@pytest.mark.parametrize("address", [*ADDRESSES, asset_url("css/app.css")])
@pytest.mark.parametrize("method", ["GET", "POST", "TRACE"])
def test_every_answer_carries_the_headers(client: FlaskClient, address: str, method: str) -> None:
    answer = client.open(address, method=method)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("name", ["css/app.css", "fonts/inter-latin.woff2", "icons.svg"])
def test_a_file_may_load_and_run_nothing(client: FlaskClient, name: str) -> None:
    answer = client.get(asset_url(name))
    assert answer.headers["Content-Security-Policy"] == FILE_POLICY
    assert answer.headers["X-Frame-Options"] == "DENY"
    missing = client.get("/assets/000000000000/nothing.css")  # a page says so
    assert "style-src 'self'" in missing.headers["Content-Security-Policy"]


def test_pages_are_not_stored_and_differ_for_htmx(client: FlaskClient) -> None:
    answer = client.get("/login")
    assert "no-store" in answer.headers["Cache-Control"]
    assert {"HX-Request", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}


def test_another_sites_request_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/login", data={"email": "a@example.com"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_the_session_cookie_is_strict(client: FlaskClient) -> None:
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_in_production_the_cookie_is_bound_to_this_host_and_to_tls(config: Config) -> None:
    strict = config.replaced(taskforge_env="production", public_url="https://tasks.example.test")
    answer = create_app(strict).test_client().get("/login", base_url="https://tasks.example.test")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sid=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert "includeSubDomains" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 422),
        ({"Origin": "http://localhost"}, 422),
        ({"Origin": "http://127.0.0.1:8000"}, 422),  # PUBLIC_URL
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost:8001"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_form_is_taken_from_pages_of_ours_only(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    token = csrf_token_of(client)
    answer = client.post("/login", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == status


def csrf_token_of(client: FlaskClient) -> str:
    client.get("/login")
    return csrf_token(client)
