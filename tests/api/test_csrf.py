"""Cookies are sent by browsers whoever asks them to: they need a token. Headers of credentials do not."""

from __future__ import annotations

import pytest

from tests.factories import Person, Team, csrf_token, make_person


def test_a_cookie_alone_changes_nothing(ada: Person) -> None:
    answer = ada.browser().post("/api/teams", json={"name": "Forged"})
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "forbidden"
    assert b"Forged" not in ada.api("GET", "/teams").data


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/auth/logout"), ("PATCH", "/api/users/me"), ("DELETE", "/api/auth/sessions/x")],
)
def test_every_method_that_changes_needs_the_token(ada: Person, method: str, path: str) -> None:
    assert ada.browser().open(path, method=method, json={}).status_code == 403


def test_a_cookie_with_the_sessions_token_may_change(ada: Person) -> None:
    browser = ada.browser()
    headers = {"X-CSRFToken": csrf_token(browser)}
    answer = browser.post("/api/teams", json={"name": "Meant"}, headers=headers)
    assert answer.status_code == 201


def test_the_token_of_another_session_does_not_count(ada: Person) -> None:
    foreign = csrf_token(make_person(ada.app, "Eve").browser())
    answer = ada.browser().post(
        "/api/teams", json={"name": "Forged"}, headers={"X-CSRFToken": foreign}
    )
    assert answer.status_code == 403


def test_reading_with_a_cookie_needs_no_token(ada: Person) -> None:
    assert ada.browser().get("/api/users/me").status_code == 200


def test_credentials_in_a_header_need_no_token(ada: Person, team: Team) -> None:
    assert ada.api("POST", "/teams", {"name": "By program"}).status_code == 201


def test_an_empty_credential_header_does_not_switch_the_check_off(ada: Person) -> None:
    answer = ada.browser().post(
        "/api/teams", json={"name": "Forged"}, headers={"Authorization": ""}
    )
    assert answer.status_code == 401


def test_another_site_is_refused_even_with_the_token(ada: Person) -> None:
    browser = ada.browser()
    headers = {"X-CSRFToken": csrf_token(browser), "Sec-Fetch-Site": "cross-site"}
    assert browser.post("/api/teams", json={"name": "x"}, headers=headers).status_code == 403


def test_logging_out_by_cookie_ends_the_session_and_clears_the_browser(ada: Person) -> None:
    browser = ada.browser()
    answer = browser.post("/api/auth/logout", headers={"X-CSRFToken": csrf_token(browser)})
    assert answer.status_code == 204
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/api/users/me").status_code == 401
