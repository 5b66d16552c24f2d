"""A new card by one line, as a person without JavaScript types it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.stores import sql
from tests.factories import Person, Team, make_person, make_team
from tests.pages import Page, Visitor, visit


@pytest.fixture
def team(ada: Person, grace: Person) -> Team:
    return make_team(ada, member=grace)


def add(person: Person, team: Team, line: str, *, htmx: bool = False, **more: str) -> Page:
    visitor = visit(person)
    return visitor.fill(f"/boards/{team.board_id}", "/tasks/create", htmx=htmx, title=line, **more)


def card(app: Flask) -> sql.Row:
    with app.app_context():
        found = sql.row(text("SELECT * FROM tasks ORDER BY number DESC LIMIT 1"))
        assert found is not None
        return found


@pytest.mark.usefixtures("same_day")
@pytest.mark.usefixtures("same_day")
def test_everything_in_a_line_lands_on_the_card(
    app: Flask, ada: Person, grace: Person, team: Team
) -> None:
    add(ada, team, "Fix the hinge @grace !3 #tools #urgent tomorrow")
    made = card(app)
    assert made["title"] == "Fix the hinge"
    assert made["assignee_id"] == grace.user_id
    assert made["priority"] == "high"
    assert made["tags"] == ["tools", "urgent"]
    assert made["due_at"].date() == clock.now().date() + timedelta(days=1)


def test_the_assignee_is_told(app: Flask, ada: Person, grace: Person, team: Team) -> None:
    add(ada, team, "Fix the hinge @grace")
    with app.app_context():
        assert sql.scalar(text("SELECT user_id FROM notification_intents")) == grace.user_id


@pytest.mark.usefixtures("same_day")
def test_today_is_the_day_of_the_writers_browser(app: Flask, ada: Person, team: Team) -> None:
    ahead = clock.now().date() + timedelta(days=1)
    add(ada, team, "Call the mill today", today=ahead.isoformat())
    assert card(app)["due_at"].date() == ahead


@pytest.mark.usefixtures("same_day")
def test_a_browser_whose_clock_is_wrong_is_not_believed(
    app: Flask, ada: Person, team: Team
) -> None:
    add(ada, team, "Call the mill today", today="2031-01-01")
    assert card(app)["due_at"].date() == clock.now().date()


def test_a_today_that_is_no_day_is_refused(app: Flask, ada: Person, team: Team) -> None:
    page = add(ada, team, "Call the mill", today="yesterday")
    assert page.status == 422
    assert page.form("/tasks/create").fields["title"] == "Call the mill"


@pytest.mark.parametrize("htmx", [False, True])
def test_an_unknown_name_stays_in_the_title_and_that_is_said(
    app: Flask, ada: Person, team: Team, htmx: bool
) -> None:
    page = add(ada, team, "Ask @nobody", htmx=htmx)
    if not htmx:
        page = visit_after(page, ada, team)
    sentence = "Nobody in this team goes by @nobody, so it stays in the title."
    assert card(app)["title"] == "Ask @nobody"
    if htmx:
        assert sentence in page.text


def visit_after(page: Page, person: Person, team: Team) -> Page:
    assert page.status == 303
    return visit(person).open(f"/boards/{team.board_id}")


def test_without_a_script_the_next_page_says_what_stayed(ada: Person, team: Team) -> None:
    visitor = Visitor(ada.browser())
    board = f"/boards/{team.board_id}"
    visitor.fill(board, "/tasks/create", title="Ask @nobody")
    assert "Nobody in this team goes by @nobody" in visitor.open(board).text


def test_people_of_other_teams_cannot_be_named(app: Flask, ada: Person, team: Team) -> None:
    stranger = make_person(app, "Stranger")
    make_team(stranger, "Elsewhere")
    add(ada, team, "Ask @stranger")
    assert (card(app)["title"], card(app)["assignee_id"]) == ("Ask @stranger", None)


def test_a_title_is_measured_without_what_was_taken_out(
    app: Flask, ada: Person, team: Team
) -> None:
    long = "x" * 200
    assert add(ada, team, f"{long} #tools !4").status == 303
    page = add(ada, team, f"{long}y #tools !4")
    assert page.status == 422
    assert "at most 200 characters; it has 201" in page.text
    assert page.form("/tasks/create").fields["title"] == f"{long}y #tools !4"


def test_the_api_takes_titles_literally(app: Flask, ada: Person, team: Team) -> None:
    line = "Fix the hinge @grace !3 #tools tomorrow"
    answer = ada.api("POST", "/tasks", {"title": line, "teamId": team.team_id})
    assert answer.status_code == 201
    assert card(app)["title"] == line


def test_who_writes_may_know_whom_to_name(
    app: Flask, ada: Person, grace: Person, team: Team
) -> None:
    add(ada, team, "Sharpen #tools")
    answer = visit(grace).client.get(f"/boards/{team.board_id}/quick-add").get_json()
    assert [person["handle"] for person in answer["people"]] == ["ada", "grace"]
    assert answer["tags"] == ["tools"]
    assert "@" not in str(answer["people"])


@pytest.mark.parametrize(
    ("query", "hidden"),
    [
        ("", False),
        ("lanes=priority", False),
        ("q=hinge", False),
        ("q=anvil", True),
        ("priority=urgent&tag=iron", True),
        ("tag=%00", False),
        ("q=anvil&" + "&".join("a=1" for _ in range(300)), False),
    ],
)
def test_a_new_card_that_the_filter_hides_is_not_drawn_but_spoken_of(
    app: Flask, ada: Person, team: Team, query: str, hidden: bool
) -> None:
    board = f"/boards/{team.board_id}"
    visitor = visit(ada)
    form = visitor.open(board).form("/tasks/create")
    page = visitor.send(
        form,
        headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost{board}?{query}"},
        title="Fix the hinge",
    )
    assert page.status == 200
    assert ("“Fix the hinge” was added. The filter hides it." in page.text) is hidden
    assert ('class="card"' in page.html) is not hidden
    assert f'id="column-{card(app)["column_id"]}-head"' in page.html


def test_an_address_that_is_none_hides_no_new_card(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[x?q=anvil"}
    assert 'class="card"' in visitor.send(form, headers=headers, title="Anvils").html
