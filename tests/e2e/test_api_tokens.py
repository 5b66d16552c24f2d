"""A person makes an API token on the page, and a script of theirs uses it until the token is revoked."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.api_tokens import give_token
from tests.e2e.looking import LOOKED_AT, look
from tests.factories import PASSWORD, Person, forget_confirmation, make_person, make_team


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


@pytest.fixture
def person(app: Flask) -> Person:
    return make_person(app, "Ada", "Byron")


def ask(server: str, path: str, token: str, body: object = None) -> tuple[int, Any]:
    """What the API answers to a script with a token: status and object."""
    request = urllib.request.Request(
        f"{server}/api{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())


def test_a_script_uses_a_token_until_it_is_revoked(
    page: Page, person: Person, live_server: str
) -> None:
    team, other = make_team(person, "Machines"), make_team(person, "Letters")
    give_token(person, name="Of before")
    page.goto("/login")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/boards"))
    page.goto("/profile")
    page.get_by_role("link", name="API tokens").click()
    expect(page.get_by_role("heading", name="API tokens")).to_be_visible()
    forget_confirmation(person)
    page.get_by_role("link", name="New token").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="New API token")).to_be_visible()
    look(page, "token-new")
    page.get_by_label("Name").fill("Nightly report")
    page.get_by_label("read, and change boards, tasks and comments").check()
    page.get_by_label("only in the teams that are ticked here").check()
    page.get_by_label("Machines").check()
    page.get_by_label("It ends").select_option("30")
    page.get_by_role("button", name="Make the token").click()
    field = page.get_by_label("Token", exact=True)
    expect(field).to_have_value(re.compile(r"^tf_[\w-]{43}$"))
    look(page, "token-made")
    token = field.input_value()
    expect(page.get_by_text("Unsaved draft")).to_have_count(0)

    task = {"title": "Read the engine", "teamId": team.team_id, "boardId": team.board_id}
    status, made = ask(live_server, "/tasks", token, task)
    assert status == 201, made
    assert ask(live_server, f"/tasks/{made['taskId']}", token)[0] == 200
    assert ask(live_server, f"/boards/{other.board_id}", token)[0] == 404
    assert ask(live_server, "/users/me/tokens", token)[0] == 403

    page.get_by_role("link", name="I have kept it").click()
    row = page.get_by_role("listitem").filter(has_text="only Machines")
    expect(row).to_contain_text("from 127.0.0.1")
    expect(page.get_by_text(token)).to_have_count(0)
    look(page, "tokens")
    page.get_by_role("button", name="Revoke the token Nightly report").click()
    expect(page.get_by_text("The token is revoked.")).to_be_visible()
    expect(page.get_by_text("Revoked Nightly report")).to_be_visible()
    status, refused = ask(live_server, "/teams", token)
    assert status == 401
    assert "revoked" in refused["error"]["message"]
    page.goto(f"/tasks/{made['taskId']}")
    expect(page.get_by_role("heading", name="Read the engine")).to_be_visible()
