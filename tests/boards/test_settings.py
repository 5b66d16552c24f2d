"""Creating, renaming and deleting boards, and changing their columns."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from taskforge.boards import columns
from taskforge.boards.queries import list_columns
from taskforge.boards.service import BOARDS_PER_TEAM, create_board
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import Page, Visitor, visit

COLUMN = {"name": "Waiting", "status": "in_review", "wip_limit": "3", "hue": "6"}


def settings(team: Team) -> str:
    return f"/boards/{team.board_id}/settings"


def column_names(page: Page) -> list[str]:
    return re.findall(r'row__title"[^>]*>([^<]*)<', page.html)


def test_a_board_is_created_from_the_list(visitor: Visitor, team: Team) -> None:
    answer = visitor.fill("/boards", "/boards/create", name="Mobile App")
    assert answer.status == 303
    visitor.fill(answer.location, "/tasks/create", title="First")
    assert "MA-1" in visitor.open(answer.location).text


def test_a_board_needs_a_name_and_its_form_stays_open(visitor: Visitor, team: Team) -> None:
    page = visitor.fill("/boards", "/boards/create", name="x" * 81)
    assert page.status == 422
    assert "Name must be at most 80 characters" in page.text
    assert page.form("/boards/create").fields["name"] == "x" * 81


def test_a_board_is_renamed_and_an_old_form_says_so(visitor: Visitor, team: Team) -> None:
    old = visitor.open(settings(team)).form(f"{team.board_id}/edit")
    assert visitor.fill(settings(team), f"{team.board_id}/edit", name="Website").status == 303
    assert "Website" in visitor.open(f"/boards/{team.board_id}").text
    page = visitor.send(old, name="Mine")
    assert page.status == 409
    assert page.form(f"{team.board_id}/edit").fields["name"] == "Mine"


def test_a_column_is_added_changed_and_limited(visitor: Visitor, team: Team) -> None:
    assert visitor.fill(settings(team), "/columns/create", **COLUMN).status == 303
    page = visitor.open(settings(team))
    assert column_names(page)[-1] == "Waiting"
    todo = f"/columns/{team.columns['todo']}/edit"
    changed = {"name": "Next", "wip_limit": "1", "status": "todo", "hue": "2"}
    assert visitor.fill(settings(team), todo, **changed).status == 303
    board = visitor.open(f"/boards/{team.board_id}")
    assert "Next" in board.text
    assert "the limit is 1" in board.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Name is required."),
        ("status", "someday", "Status is not one of the choices."),
        ("wip_limit", "0", "Wip limit must be between 1 and 999."),
        ("wip_limit", "²", "Wip limit must be a whole number."),
    ],
)
def test_a_wrong_column_keeps_what_was_typed(
    visitor: Visitor, team: Team, field: str, value: str, sentence: str
) -> None:
    for action in ("/columns/create", f"/columns/{team.columns['todo']}/edit"):
        page = visitor.fill(settings(team), action, **COLUMN | {field: value})
        assert page.status == 422
        assert sentence in page.text
        if field != "name":
            assert page.form(action).fields["name"] == "Waiting"


def test_a_column_moves_one_place(visitor: Visitor, team: Team) -> None:
    before = column_names(visitor.open(settings(team)))
    path = f"/columns/{team.columns['todo']}/move"
    assert visitor.fill(settings(team), path, direction="right").status == 303
    after = column_names(visitor.open(settings(team)))
    assert after == [before[0], before[2], before[1], *before[3:]]
    for _ in range(4):
        visitor.fill(settings(team), path, direction="left")
    assert column_names(visitor.open(settings(team)))[0] == "To do"
    assert visitor.fill(settings(team), path, direction="up").status == 422


def test_an_empty_column_is_deleted_at_once_and_restored_by_its_toast(
    visitor: Visitor, team: Team
) -> None:
    path = f"/columns/{team.columns['done']}"
    assert visitor.fill(settings(team), f"{path}/delete").status == 303
    page = visitor.open(settings(team))
    assert "Done" not in column_names(page)
    assert "“Done” is deleted." in page.text
    assert visitor.send(page.form(f"{path}/restore")).status == 303
    assert column_names(visitor.open(settings(team)))[-1] == "Done"


def test_a_column_with_cards_leads_to_the_question_where_they_go(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    path = f"/boards/{team.board_id}/columns/{team.columns['todo']}"
    page = visitor.open(settings(team))
    assert not page.has_form(f"{path}/delete")
    assert f"{path}/settings#delete-column" in page.html
    form = visitor.open(f"{path}/settings").form(f"{path}/delete")
    assert form.fields["move_to"] == team.columns["backlog"]
    assert visitor.send(form, cards="").status == 409
    assert visitor.send(form, cards="move", move_to="").status == 422
    answer = visitor.send(form, cards="move", move_to=team.columns["done"])
    assert answer.location.startswith(f"/boards/{team.board_id}")
    toast = visitor.open(f"/boards/{team.board_id}")
    assert "“To do” is deleted, and 1 card moved." in toast.text
    assert visitor.open(f"/tasks/{task_id}").text.count("Done")
    back = visitor.send(toast.form(f"{path}/restore"))
    again = visitor.open(back.location)
    assert "“To do” is back, with 1 card." in again.text
    redo = again.form(f"{path}/delete")
    assert (redo.fields["cards"], redo.fields["move_to"]) == ("move", team.columns["done"])


def test_deleted_columns_are_restored_from_trash_activity_and_history(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    make_task(ada, team, status="todo")
    path = f"/boards/{team.board_id}/columns/{team.columns['todo']}"
    for place in ("trash", "activity", "history"):
        form = visitor.open(f"{path}/settings").form(f"{path}/delete")
        visitor.send(form, cards="delete")
        page = visitor.open(f"/boards/{team.board_id}/{place}")
        assert "To do" in page.text
        assert visitor.send(page.form(f"{path}/restore")).status == 303
        assert "To do" in column_names(visitor.open(settings(team)))
        assert not visitor.open(f"/boards/{team.board_id}/{place}").has_form(f"{path}/restore")


def test_a_board_is_restored_by_its_toast_and_from_the_teams_page(
    visitor: Visitor, team: Team
) -> None:
    path = f"/boards/{team.board_id}"
    for place in ("/boards", f"/teams/{team.team_id}/boards/deleted"):
        visitor.fill(settings(team), f"{path}/delete")
        page = visitor.open(place)
        assert visitor.send(page.form(f"{path}/restore")).location == path
        assert "“Web” is back." in visitor.open(path).text
    assert "Deleted boards" in visitor.open(f"/teams/{team.team_id}").text


def test_a_board_that_can_not_be_restored_says_why(
    app: Flask, ada: Person, visitor: Visitor, team: Team
) -> None:
    visitor.fill(settings(team), f"{team.board_id}/delete")
    page = visitor.open(f"/teams/{team.team_id}/boards/deleted")
    with app.app_context():
        for number in range(BOARDS_PER_TEAM):
            create_board(ada.actor, team.team_id, name=f"Board {number}")
    answer = visitor.send(page.form(f"{team.board_id}/restore"))
    assert answer.location == f"/teams/{team.team_id}/boards/deleted"
    assert "at most 50 boards" in visitor.open(answer.location).text


def test_a_deleted_board_is_gone_with_its_tasks(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id = make_task(ada, team)
    answer = visitor.fill(settings(team), f"{team.board_id}/delete")
    assert answer.location == "/boards"
    assert visitor.open(f"/boards/{team.board_id}").status == 404
    assert visitor.open(f"/tasks/{task_id}").status == 404


def test_a_column_of_another_board_is_a_404(visitor: Visitor, ada: Person, team: Team) -> None:
    other = make_team(ada, "Other")
    form = visitor.open(settings(team)).form(f"/columns/{team.columns['done']}/delete")
    form.action = form.action.replace(team.columns["done"], other.columns["done"])
    assert visitor.send(form).status == 404


def test_a_guest_and_an_outsider_change_no_settings(ada: Person, gus: Person, eve: Person) -> None:
    team = make_team(ada, guest=gus)
    form = visit(ada).open(settings(team)).form("/columns/create")
    for person, status in ((gus, 403), (eve, 404)):
        visitor = visit(person)
        token = csrf_token(visitor.client)
        assert visitor.send(form, csrf_token=token, **COLUMN).status == status


def test_a_column_may_move_for_ever(app: Flask, ada: Person, visitor: Visitor, team: Team) -> None:
    first, second, third = (team.columns[name] for name in ("backlog", "todo", "in_progress"))
    with app.app_context():
        for number in range(1201):  # each halves the same gap, whose ranks grow
            moved = (third, second)[number % 2]
            columns.move_column(ada.actor, team.board_id, moved, after_id=first)
        longest = max(len(row["rank"]) for row in list_columns([team.board_id]))
    assert longest < 60
    order = ["Backlog", "In progress", "To do", "In review", "Done"]
    assert column_names(visitor.open(settings(team))) == order
