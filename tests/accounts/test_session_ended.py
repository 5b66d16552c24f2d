"""What a browser is told whose session has ended: why it must log in, and where that leads."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.accounts import session_records
from tests.factories import PASSWORD, Person, Team, make_team
from tests.pages import HTMX, Visitor, visit

WHY = "Your session has ended"


@pytest.fixture
def team(ada: Person) -> Team:
    return make_team(ada)


def end_sessions(person: Person) -> None:
    with person.app.app_context():
        session_records.revoke_all_sessions(person.actor)


def read(address: str) -> tuple[str, dict[str, list[str]]]:
    parts = urlsplit(address)
    return parts.path, parse_qs(parts.query)


def test_htmx_is_led_to_the_log_in_and_back_to_its_page(ada: Person, team: Team) -> None:
    visitor, board = visit(ada), f"/boards/{team.board_id}"
    form = visitor.open(f"{board}?q=x").form("/tasks/create")
    end_sessions(ada)
    here = {**HTMX, "HX-Current-URL": f"http://localhost{board}?q=x"}
    answer = visitor.send(form, headers=here, title="Lost?").answer
    assert answer.status_code == 401
    assert "X-Operation" not in answer.headers
    path, query = read(answer.headers["HX-Redirect"])
    assert (path, query) == ("/login", {"next": [f"{board}?q=x"], "ended": ["1"]})
    page = visitor.open(answer.headers["HX-Redirect"])
    assert WHY in page.text
    refused = visitor.send(page.form("?ended=1"), email=ada.email, password="wrong")
    assert WHY in refused.text
    back = visitor.send(refused.form("?ended=1"), email=ada.email, password=PASSWORD)
    assert back.location == f"{board}?q=x"


@pytest.mark.parametrize("kind", ["json", "htmx", "change"])
def test_what_the_old_page_still_asks_does_not_spoil_the_log_in(
    app: Flask, ada: Person, team: Team, kind: str
) -> None:
    form = visit(ada).open(f"/boards/{team.board_id}").form("/tasks/create")
    newcomer, late = app.test_client(), app.test_client()
    page = Visitor(newcomer).open("/login")
    answer = {
        "json": lambda: late.get(
            f"/boards/{team.board_id}/quick-add", headers={"Accept": "application/json"}
        ),
        "htmx": lambda: late.get(f"/boards/{team.board_id}", headers=HTMX),
        "change": lambda: late.post(form.action, data=form.fields, headers=HTMX),
    }[kind]()
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert page.answer.headers.getlist("Set-Cookie")


def test_a_form_of_a_page_is_led_back_to_that_page(ada: Person, team: Team) -> None:
    visitor, page = visit(ada), f"/boards/{team.board_id}/tasks/create-many"
    form = visitor.open(page).form("/create-many")
    end_sessions(ada)
    answer = visitor.send(form, headers={"Referer": f"http://localhost{page}"}, lines="a\nb")
    assert answer.status == 303
    assert read(answer.location) == ("/login", {"next": [page], "ended": ["1"]})
    assert "sent=" not in answer.answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/boards",
        "http://localhost//evil.example",
        "http://localhost/logout",
        "http://[x",
        "",
    ],
)
def test_nobody_is_led_where_no_page_of_ours_is(ada: Person, team: Team, page: str) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    end_sessions(ada)
    answer = visitor.send(form, headers={**HTMX, "HX-Current-URL": page}, title="Lost?").answer
    assert read(answer.headers["HX-Redirect"]) == ("/login", {"ended": ["1"]})


def test_a_cookie_that_has_run_out_ends_the_session_too(
    app: Flask, client: FlaskClient, ada: Person, team: Team
) -> None:
    form = visit(ada).open(f"/boards/{team.board_id}").form("/tasks/create")
    answer = Visitor(client).send(form, title="Lost?")
    assert (answer.status, urlsplit(answer.location).path) == (303, "/login")


def test_a_visit_is_told_what_the_log_in_is_for_and_no_more(client: FlaskClient) -> None:
    page = Visitor(client).open(client.get("/inbox").location)
    assert "Log in to open the page that you asked for." in page.text
    assert WHY not in page.text
    assert "Log in to open" not in Visitor(client).open("/login").text
