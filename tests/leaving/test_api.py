"""Exports and the deletion of the account by the API."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from flask import Flask

from taskforge.leaving.export_jobs import write_due
from tests.factories import PASSWORD, Person, forget_confirmation, make_person, make_team

EXPORT = "/users/me/export"


def test_an_export_is_asked_for_watched_and_downloaded(app: Flask, ada: Person) -> None:
    asked = ada.api("POST", EXPORT)
    assert asked.status_code == 202
    export_id = asked.get_json()["exportId"]
    (running,) = ada.api("GET", EXPORT).get_json()["items"]
    assert (running["exportId"], running["state"], running["url"]) == (export_id, "running", None)
    assert ada.api("GET", f"{EXPORT}/{export_id}").status_code == 404
    with app.app_context():
        write_due()
    state = ada.api("GET", EXPORT).get_json()
    (ready,) = state["items"]
    assert (ready["state"], ready["percent"]) == ("ready", 100)
    assert state["nextExportAt"] > ready["requestedAt"]
    archive = ada.api("GET", ready["url"].removeprefix("/api"))
    assert archive.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(archive.data)) as files:
        assert ada.email in files.read("profile.json").decode()
    refused = ada.api("POST", EXPORT)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 80_000


def test_a_retry_with_the_same_key_is_the_same_export(ada: Person) -> None:
    key = "0b6fd3f3-55d8-4c07-a3d3-6a5b3f7c8f01"
    first = ada.api("POST", EXPORT, Idempotency_Key=key)
    again = ada.api("POST", EXPORT, Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json() == again.get_json()


def test_export_and_download_need_a_proof(app: Flask, ada: Person) -> None:
    export_id = ada.api("POST", EXPORT).get_json()["exportId"]
    with app.app_context():
        write_due()
    forget_confirmation(ada)
    for method, path in (("POST", EXPORT), ("GET", f"{EXPORT}/{export_id}")):
        answer = ada.api(method, path)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (
            403,
            "confirmation_required",
        )
    assert ada.api("GET", EXPORT).status_code == 200


def test_nobody_else_has_the_export(app: Flask, ada: Person, bob: Person) -> None:
    export_id = ada.api("POST", EXPORT).get_json()["exportId"]
    with app.app_context():
        write_due()
    assert bob.api("GET", f"{EXPORT}/{export_id}").status_code == 404
    assert bob.api("GET", EXPORT).get_json()["items"] == []


def test_an_account_is_deleted_with_its_password(app: Flask, ada: Person) -> None:
    forget_confirmation(ada)
    sent = {"email": ada.email}
    answer = ada.api("DELETE", "/users/me", sent)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (
        403,
        "confirmation_required",
    )
    wrong = ada.api("DELETE", "/users/me", {**sent, "password": "not it at all"})
    assert wrong.status_code == 422
    assert "password" in wrong.get_json()["error"]["fields"]
    other = ada.api("DELETE", "/users/me", {"email": "x@example.test", "password": PASSWORD})
    assert (other.status_code, list(other.get_json()["error"]["fields"])) == (422, ["email"])
    assert ada.api("DELETE", "/users/me", {**sent, "password": PASSWORD}).status_code == 204
    assert ada.api("GET", "/users/me").status_code == 401
    assert ada.api("DELETE", "/users/me", {**sent, "password": PASSWORD}).status_code == 401
    client = app.test_client(use_cookies=False)
    login = client.post("/api/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert login.status_code == 401


def test_bad_bodies_delete_nothing(ada: Person) -> None:
    bodies: list[Any] = [None, {}, [], {"email": 1}, {"email": ada.email, "other": 1}]
    for body in [*bodies, {"email": "x" * 400}]:
        assert ada.api("DELETE", "/users/me", body).status_code in (400, 415, 422), body
    assert ada.api("GET", "/users/me").status_code == 200


def test_the_last_admin_gets_a_conflict_that_names_the_team(app: Flask, ada: Person) -> None:
    make_team(ada, "Needs Ada", member=make_person(app, "Bob"))
    answer = ada.api("DELETE", "/users/me", {"email": ada.email})
    assert answer.status_code == 409
    assert "“Needs Ada”" in answer.get_json()["error"]["message"]


def test_who_is_deleted_is_known_to_nobody_by_id(app: Flask, ada: Person) -> None:
    bob = make_person(app, "Bob")
    team = make_team(ada, "Web")
    assert bob.api("DELETE", "/users/me", {"email": bob.email}).status_code == 204
    for wanted in ({"userId": bob.user_id}, {"email": f"deleted-{bob.user_id}@deleted.invalid"}):
        path = f"/teams/{team.team_id}/invitations"
        answer = ada.api("POST", path, {**wanted, "role": "member"})
        assert answer.status_code in (201, 202, 422), answer.get_json()
    invited = ada.api("GET", f"/teams/{team.team_id}/members").get_json()["items"]
    assert [one["userId"] for one in invited] == [ada.user_id]
