"""Security headers are on every answer, whatever it answers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from taskforge.http.assets import asset_url

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
