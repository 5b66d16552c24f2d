"""The first minutes after signing up: a team of one's own, a sample board, and an empty one by a click."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge import faults
from taskforge.errors import TaskForgeError
from taskforge.identity import actors
from taskforge.ids import new_id
from taskforge.onboarding import service
from taskforge.stores import sql
from taskforge.stores.operations import Change
from tests.factories import Person, csrf_token, make_team
from tests.pages import Page, Visitor, visit
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.together import at_once

ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.test",
    "password": "A calm long sentence, 42",
}


def count(app: Flask, table: str, where: str = "true") -> int:
    with app.app_context():
        return int(sql.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}")))


def sign_up(client: FlaskClient, **more: str) -> Page:
    return Visitor(client).fill("/register", "/register", **{**ADA, **more})


def board_of(page: Page) -> str:
    return page.location.partition("#")[0]


def test_signing_up_leads_to_the_first_field_of_a_sample_board(
    app: Flask, client: FlaskClient
) -> None:
    answer = sign_up(client)
    board, _, field = answer.location.partition("#")
    page = Visitor(client).open(board)
    assert f'id="{field}"' in page.html
    assert page.html.index(f'id="{field}"') == page.html.index('id="new-')  # of the first column
    assert "Ada’s team" in page.text
    assert "This is a sample board." in page.text
    assert "Call the mill @ada !3 #idea fri" in page.text


def test_everything_of_the_home_is_audited_as_theirs(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    with app.app_context():
        facts = [
            row["event"] for row in sql.rows(text("SELECT event FROM audit_logs ORDER BY log_id"))
        ]
        seqs = [
            row["board_seq"]
            for row in sql.rows(
                text("SELECT board_seq FROM audit_logs WHERE board_id IS NOT NULL ORDER BY log_id")
            )
        ]
        board = sql.row(text("SELECT seq, next_number, sample_cards FROM boards"))
        assert board is not None
    cards = facts.count("task.created")
    assert facts[:3] == ["user.registered", "team.created", "board.created"]
    assert 7 <= cards <= 10
    assert seqs == list(range(1, cards + 2))
    assert tuple(board.values()) == (cards + 1, cards + 1, cards)


def test_the_stores_agree_about_a_home(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    with app.app_context():
        catch_up()
        assert_stores_agree()


def test_an_own_card_is_added_with_the_form_of_the_page(app: Flask, client: FlaskClient) -> None:
    board = board_of(sign_up(client))
    Visitor(client).fill(board, "/tasks/create", title="My very first card")
    page = Visitor(client).open(board)
    assert "My very first card" in page.text


def test_a_form_that_is_sent_twice_makes_one_home(app: Flask, client: FlaskClient) -> None:
    visitor = Visitor(client)
    form = visitor.open("/register").form("/register")
    other = Visitor(app.test_client())
    other.open("/register")
    token = other.open("/register").form("/register").fields["csrf_token"]
    first = visitor.send(form, **ADA)
    again = other.send(form, **ADA, csrf_token=token)
    assert first.location == again.location
    assert [count(app, table) for table in ("users", "teams", "boards")] == [1, 1, 1]


def test_a_crash_between_account_and_home_is_made_good_by_sending_the_form_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(client)
    form = visitor.open("/register").form("/register")
    with monkeypatch.context() as patch:
        patch.setattr(faults, "_armed", "tx.begin")
        patch.setattr(faults, "_count", "2")  # of the account and of the home, the second
        patch.setattr(faults, "_mode", "raise")
        patch.setattr(faults, "_seen", Counter())
        with pytest.raises(faults.FaultInjected):
            visitor.send(form, **ADA)
    assert [count(app, table) for table in ("users", "teams")] == [1, 0]
    assert visitor.send(form, **ADA).location.startswith("/boards/")
    assert [count(app, table) for table in ("users", "teams")] == [1, 1]


def test_who_came_in_without_a_home_gets_one_from_the_boards_page(grace: Person) -> None:
    visitor = visit(grace)
    page = visitor.open("/boards")
    assert "Show me around" in page.text
    answer = visitor.send(page.form("/welcome"))
    assert answer.location.startswith("/boards/")
    assert "Grace’s team" in visitor.open(board_of(answer)).text
    assert visitor.send(page.form("/welcome")).location == answer.location
    assert not visitor.open("/boards").has_form("/welcome")


def test_who_is_in_a_team_gets_no_second_home(app: Flask, ada: Person) -> None:
    make_team(ada)
    visitor = visit(ada)
    token = csrf_token(visitor.client)
    answer = visitor.client.post("/welcome", data={"csrf_token": token, "op": new_id()})
    assert answer.location == "/boards"
    assert count(app, "teams") == 1


def test_two_tabs_at_once_found_one_team(app: Flask, ada: Person) -> None:
    def found() -> Change:
        with app.test_request_context("/welcome", method="POST"):
            return service.create_home(actors.make_actor(ada.user_id))

    answers = at_once([found] * 4)
    refusals = {str(answer) for answer in answers if isinstance(answer, TaskForgeError)}
    assert refusals <= {service.NO_NEWCOMER}
    assert [count(app, table) for table in ("teams", "boards")] == [1, 1]


def test_who_was_on_the_way_somewhere_goes_there_and_has_a_team_too(
    app: Flask, client: FlaskClient
) -> None:
    visitor = Visitor(client)
    form = visitor.open("/register?next=/teams").form("/register")
    assert visitor.send(form, **ADA).location == "/teams"
    assert count(app, "teams") == 1


def test_the_api_makes_no_sample(app: Flask) -> None:
    body = {
        "email": "int@example.test",
        "password": ADA["password"],
        "firstName": "Int",
        "lastName": "Egrator",
    }
    client = app.test_client(use_cookies=False)
    assert client.post("/api/auth/register", json=body).status_code == 201
    assert [count(app, table) for table in ("users", "teams")] == [1, 0]


@pytest.mark.parametrize("name", ["x" * 80, "İ" * 80, "Zoë-Ann", "Jean Luc", "<b>"])
def test_every_name_gets_a_team(app: Flask, client: FlaskClient, name: str) -> None:
    assert sign_up(client, first_name=name).location.startswith("/boards/")


def test_start_empty_puts_the_tour_into_the_trash_and_keeps_what_is_ones_own(
    app: Flask, client: FlaskClient
) -> None:
    visitor = Visitor(client)
    board = board_of(sign_up(client))
    visitor.fill(board, "/tasks/create", title="My own card")
    answer = visitor.fill(board, "/start-empty")
    assert board_of(answer) == board
    page = visitor.open(board)
    assert "The tour is in the trash." in page.text
    assert "My own card" in page.text
    assert "Press ?" not in page.text
    assert not page.has_form("/start-empty")
    tour = count(app, "audit_logs", "event = 'task.deleted'")
    assert tour == count(app, "tasks", "deleted_at IS NOT NULL") >= 7
    assert not visitor.open(board).has_form("/start-empty")


def test_start_empty_can_be_undone(app: Flask, client: FlaskClient) -> None:
    visitor = Visitor(client)
    board = board_of(sign_up(client))
    before = visitor.open(board).text
    visitor.fill(board, "/start-empty")
    visitor.send(visitor.open(board).form("/undo"))
    page = visitor.open(board)
    assert "cards are back." in page.text
    assert page.has_form("/start-empty")
    assert visitor.open(board).text == before
    assert count(app, "tasks", "deleted_at IS NOT NULL") == 0


def test_the_banner_goes_when_the_tour_is_done(app: Flask, client: FlaskClient) -> None:
    visitor = Visitor(client)
    board = board_of(sign_up(client))
    with app.app_context():
        sql.execute_now(
            text(
                "UPDATE tasks SET status = 'done', column_id = (SELECT column_id FROM columns WHERE status = 'done')"
                " WHERE number < (SELECT sample_cards FROM boards)"
            )
        )
    assert visitor.open(board).has_form("/start-empty") is False


def test_a_usual_board_has_nothing_to_empty(app: Flask, ada: Person) -> None:
    team = make_team(ada)
    visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}")
    assert not page.has_form("/start-empty")
    form = page.form("/tasks/create")
    form.action = f"/boards/{team.board_id}/start-empty"
    assert board_of(visitor.send(form)) == f"/boards/{team.board_id}"
    assert count(app, "audit_logs", "event = 'task.deleted'") == 0


@pytest.mark.parametrize(("role", "status"), [("guest", 403), ("nobody", 404)])
def test_who_may_not_delete_empties_nothing(
    app: Flask, gus: Person, client: FlaskClient, role: str, status: int
) -> None:
    board = board_of(sign_up(client))
    with app.app_context():
        if role == "guest":
            sql.execute_now(
                text(
                    "INSERT INTO team_memberships SELECT team_id, :user_id, 'guest', now() FROM teams"
                ),
                {"user_id": gus.user_id},
            )
    visitor = visit(gus)
    form = visitor.open("/teams").form("/teams/create")
    form.action = f"{board}/start-empty"
    assert visitor.send(form).status == status
    if role == "guest":
        assert not visitor.open(board).has_form("/start-empty")
