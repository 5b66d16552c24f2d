"""Creating, renaming and deleting boards, and changing their columns."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.boards import columns
from taskforge.boards.queries import list_columns
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import Page, Visitor, visit

COLUMN = {"name": "Waiting", "status": "in_review", "wip_limit": "3", "hue": "6"}


def settings(team: Team) -> str:
    return f"/boards/{team.board_id}/settings"


def column_names(page: Page) -> list[str]:
    return [part.split("<")[0] for part in page.html.split('row__title">')[1:]]


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


def test_only_an_empty_column_is_deleted(ada: Person, visitor: Visitor, team: Team) -> None:
    make_task(ada, team, status="todo")
    page = visitor.fill(settings(team), f"/columns/{team.columns['todo']}/delete")
    assert page.status == 409
    assert "This column still holds tasks" in page.text
    answer = visitor.fill(settings(team), f"/columns/{team.columns['done']}/delete")
    assert answer.status == 303
    assert "Done" not in column_names(visitor.open(settings(team)))


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
