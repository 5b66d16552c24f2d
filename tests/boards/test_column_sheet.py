"""A column's settings on the board itself: the same forms as in the settings, leading back to the board."""

from __future__ import annotations

import re

from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit


def sheet(team: Team, status: str = "todo") -> str:
    return f"/boards/{team.board_id}/columns/{team.columns[status]}/settings"


def column_names(visitor: Visitor, team: Team) -> list[str]:
    page = visitor.open(f"/boards/{team.board_id}")
    return re.findall(r'column__name"[^>]*>([^<]*)<', page.html)


def test_a_column_is_changed_from_the_board_and_one_is_back_on_it(
    visitor: Visitor, team: Team
) -> None:
    changed = {"name": "Next", "status": "backlog", "wip_limit": "3", "hue": "6"}
    answer = visitor.fill(sheet(team), "/edit", **changed)
    assert answer.location == f"/boards/{team.board_id}#column-{team.columns['todo']}"
    board = visitor.open(f"/boards/{team.board_id}")
    assert "Next" in column_names(visitor, team)
    assert "the limit is 3" in board.text
    partial = visitor.fill(sheet(team), "/edit", htmx=True, name="Later")
    assert partial.status == 204
    assert "HX-Redirect" not in partial.answer.headers


def test_a_column_is_moved_and_another_is_added_beside_it(visitor: Visitor, team: Team) -> None:
    assert visitor.fill(sheet(team), "/move", direction="right").status == 303
    assert visitor.fill(sheet(team), "/columns/create", name="Waiting").status == 303
    assert column_names(visitor, team) == [
        "Backlog", "In progress", "To do", "Waiting", "In review", "Done",
    ]  # fmt: skip


def test_what_is_wrong_is_said_in_the_sheet(ada: Person, visitor: Visitor, team: Team) -> None:
    wrong = visitor.fill(sheet(team), "/edit", htmx=True, name="", wip_limit="many")
    assert wrong.status == 422
    assert "<html" not in wrong.html
    assert "Name is required." in wrong.text
    assert wrong.form("/edit").fields["wip_limit"] == "many"
    assert visitor.fill(sheet(team), "/columns/create", htmx=True, name="").status == 422


def test_a_column_with_cards_is_not_deleted_and_an_empty_one_is(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    make_task(ada, team, status="todo")
    refused: Page = visitor.fill(sheet(team), "/delete", htmx=True)
    assert refused.status == 409
    assert "“To do” holds 1 card. Choose a column to move them to" in refused.text
    assert visitor.fill(sheet(team, "done"), "/delete").status == 303
    assert "Done" not in column_names(visitor, team)
    assert visitor.open(sheet(team, "done")).status == 404


def test_an_old_sheet_says_that_someone_was_faster(visitor: Visitor, team: Team) -> None:
    old = visitor.open(sheet(team)).form("/edit")
    visitor.fill(sheet(team), "/edit", name="Next")
    page = visitor.send(old, headers=HTMX, name="Mine")
    assert page.status == 409
    assert page.form("/edit").fields["name"] == "Mine"


def test_a_new_column_cannot_stand_beside_one_of_another_board(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    other = make_team(ada, "Other")
    page = visitor.fill(sheet(team), "/columns/create", name="X", after_id=other.columns["todo"])
    assert page.status == 404
    page = visitor.fill(sheet(team), "/columns/create", name="X", after_id="here")
    assert page.status == 422


def test_a_guest_and_an_outsider_open_no_sheet(ada: Person, gus: Person, eve: Person) -> None:
    team = make_team(ada, guest=gus)
    assert visit(gus).open(sheet(team)).status == 403
    assert visit(eve).open(sheet(team)).status == 404
    board = visit(gus).open(f"/boards/{team.board_id}").html
    assert "can-settings" not in board
