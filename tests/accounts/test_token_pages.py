"""The pages of API tokens, without JavaScript."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from taskforge.accounts.password_reset import issue_reset_link
from tests.admin.test_suspension import make_site_admin
from tests.api_tokens import Program, give_token, let_expire
from tests.audit_trail import last_event
from tests.factories import PASSWORD, Person, Team, forget_confirmation, make_team
from tests.pages import Page, Visitor, visit
from tests.trips import count_round_trips

LIST = "/profile/tokens"
NEW = "/profile/tokens/new"


def secret_on(page: Page) -> str:
    found = re.search(r'id="new-token"[^>]* value="(tf_[\w-]{43})"', page.html)
    assert found, page.text
    return found[1]


def test_a_token_is_made_and_shown_once(app: Flask, ada: Person, visitor: Visitor) -> None:
    assert "No token yet" in visitor.open(LIST).text
    made = visitor.fill(NEW, NEW, name="CI <b>", scope="write", days="30", is_limited="0")
    assert made.status == 200
    assert "CI <b> may read and write, until" in made.text
    program = Program(app, "", secret_on(made))
    assert program.api("GET", "/users/me").json["userId"] == ada.user_id
    shown = visitor.open(LIST)
    assert "CI <b>" in shown.text
    assert "all your teams" in shown.text
    assert "from 127.0.0.1" in shown.text
    assert "Made CI <b>" in shown.text
    assert program.secret not in shown.html


def test_a_form_that_is_sent_twice_shows_the_same_token(ada: Person, visitor: Visitor) -> None:
    form = visitor.open(NEW).form(NEW)
    first = visitor.send(form, name="CI")
    assert secret_on(visitor.send(form, name="CI")) == secret_on(first)
    assert len(ada.api("GET", "/users/me/tokens").json["items"]) == 1


def test_it_is_revoked_by_a_button(app: Flask, ada: Person, visitor: Visitor) -> None:
    program = give_token(ada)
    assert program.api("GET", "/teams").status_code == 200
    done = visitor.fill(LIST, f"{program.token_id}/revoke")
    assert (done.status, done.location) == (303, LIST)
    assert program.api("GET", "/teams").status_code == 401
    shown = visitor.open(LIST)
    assert "No token yet" in shown.text
    assert "Revoked Nightly report" in shown.text
    assert "The token is revoked" in shown.text


def test_it_is_limited_to_the_ticked_teams(app: Flask, ada: Person, visitor: Visitor) -> None:
    one, two, three = (make_team(ada, name) for name in ("One", "Two", "Three"))
    page = visitor.open(NEW)
    form = page.form(NEW)
    ticked = [("team_id", one.team_id), ("team_id", two.team_id)]
    fields = {**form.fields, "name": "CI", "scope": "read", "days": "", "is_limited": "1"}
    fields.pop("team_id", None)
    made = Page(visitor.client.post(form.action, data=MultiDict([*fields.items(), *ticked])))
    program = Program(app, "", secret_on(made))
    seen = {team["teamId"] for team in program.api("GET", "/teams").json["items"]}
    assert seen == {one.team_id, two.team_id}
    assert program.api("GET", f"/teams/{three.team_id}").status_code == 404
    shown = visitor.open(LIST).text
    assert re.search(r"only One ?, ?Two ·", shown)
    assert "never ends" in shown


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Name is required."),
        ({"name": "x" * 81}, "80"),
        ({"name": "Kept", "scope": "owner"}, "Scope is not one of the choices."),
        ({"name": "Kept", "days": "3650"}, "Days is not one of the choices."),
        ({"name": "Kept", "is_limited": "1", "team_id": None}, "Name a team"),
        ({"name": "Kept", "is_limited": "1", "team_id": "odd"}, "is not one of the choices"),
        (
            {"name": "Kept", "is_limited": "1", "team_id": "01890000-0000-7000-8000-000000000000"},
            "teams that you are in",
        ),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    ada: Person, team: Team, visitor: Visitor, fields: dict[str, str | None], sentence: str
) -> None:
    page = visitor.fill(NEW, NEW, **fields)
    assert page.status == 422
    assert sentence in page.text
    assert page.form(NEW).fields["name"] == fields["name"]
    assert ada.api("GET", "/users/me/tokens").json["items"] == []


def test_making_one_asks_for_the_password_and_keeps_the_form(ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open(NEW).form(NEW)
    forget_confirmation(ada)
    asked = visitor.send(form, name="CI", scope="write")
    assert asked.status == 422
    assert "Confirm that it is you" in asked.text
    assert "/confirm-password" in visitor.open(NEW).location
    made = visitor.send(asked.form(NEW), confirm_password=PASSWORD)
    assert secret_on(made)
    assert ada.api("GET", "/users/me/tokens").json["items"][0]["scopes"] == ["read", "write"]


def test_expired_tokens_and_lost_teams_are_named(app: Flask, ada: Person, bob: Person) -> None:
    team = make_team(ada, member=bob)
    program = give_token(bob, team_ids=[team.team_id])
    let_expire(program)
    ada.api("DELETE", f"/teams/{team.team_id}/members/{bob.user_id}")
    shown = visit(bob).open(LIST).text
    assert "expired" in shown
    assert "only a team that you are not in any more" in shown


def test_the_page_takes_as_many_statements_for_many_tokens(ada: Person) -> None:
    visitor = visit(ada)
    give_token(ada)
    trips = [count_round_trips(visitor.open(LIST).answer)["postgresql"] for _ in range(3)][-1]
    for number in range(10):
        give_token(ada, name=f"Token {number}")
    assert count_round_trips(visitor.open(LIST).answer)["postgresql"] == trips


@pytest.mark.parametrize("is_ticked", [True, False])
def test_a_new_password_ends_them_by_choice(
    app: Flask, ada: Person, visitor: Visitor, is_ticked: bool
) -> None:
    program = give_token(ada)
    path = "/profile/password"
    assert "Revoke my 1 API token too" in visitor.open(path).text
    fields = {"current_password": PASSWORD, "new_password": "Another long sentence, 43"}
    choice = "1" if is_ticked else None
    assert visitor.fill(path, path, **fields, revoke_tokens=choice).status == 303
    assert program.api("GET", "/teams").status_code == (401 if is_ticked else 200)
    with app.app_context():
        assert last_event(ada.user_id).after["tokens_revoked"] == int(is_ticked)


@pytest.mark.parametrize("is_ticked", [True, False])
def test_a_forgotten_password_ends_them_by_choice(
    app: Flask, ada: Person, grace: Person, is_ticked: bool
) -> None:
    program = give_token(ada)
    with app.app_context():
        link = issue_reset_link(make_site_admin(grace).actor, email=ada.email)
    path = f"/password-reset/to/{link}"
    choice = "1" if is_ticked else None
    stranger = Visitor(app.test_client())
    done = stranger.fill(path, path, password="Another long sentence, 43", revoke_tokens=choice)
    assert done.location == "/login"
    assert program.api("GET", "/teams").status_code == (401 if is_ticked else 200)


def test_a_program_that_resets_a_password_can_end_them(
    app: Flask, ada: Person, grace: Person
) -> None:
    program = give_token(ada)
    with app.app_context():
        link = issue_reset_link(make_site_admin(grace).actor, email=ada.email)
    body = {"token": link, "password": "Another long sentence, 43", "revokeTokens": True}
    client = app.test_client(use_cookies=False)
    assert client.post("/api/auth/password-reset/confirm", json=body).status_code == 204
    assert program.api("GET", "/teams").status_code == 401
