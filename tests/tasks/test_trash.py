"""Throwing tasks away and taking them back."""

from __future__ import annotations

from tests.factories import Person, Team, make_task
from tests.pages import Visitor, visit
from tests.tasks.conftest import Barred


def test_a_deleted_task_leaves_the_board_and_can_be_undone(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    answer = visitor.fill(f"/tasks/{task_id}", "/delete")
    assert answer.location == f"/boards/{team.board_id}"
    board = visitor.open(answer.location)
    assert "Write the report" not in board.text
    assert "WEB-1 is in the trash." in board.text
    undone = visitor.send(board.form("/undo"))
    assert undone.location == f"/boards/{team.board_id}"
    board = visitor.open(undone.location)
    assert "Write the report" in board.text
    assert "Undone on WEB-1." in board.text


def test_the_trash_says_who_threw_what_away_and_gives_it_back(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    visitor.fill(f"/tasks/{task_id}", "/delete")
    trash = visitor.open(f"/boards/{team.board_id}/trash")
    assert "Write the report" in trash.text
    assert "by Ada" in trash.text
    visitor.send(trash.form("/restore"))
    assert "Nothing thrown away" in visitor.open(f"/boards/{team.board_id}/trash").text
    assert "Write the report" in visitor.open(f"/boards/{team.board_id}").text


def test_a_task_in_the_trash_can_be_read_but_not_changed(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    visitor.fill(f"/tasks/{task_id}", "/delete")
    page = visitor.open(f"/tasks/{task_id}")
    assert "In the trash" in page.text
    assert not page.has_form("/comments/create")
    assert visitor.open(f"/tasks/{task_id}/edit").status == 404
    assert visitor.open(f"/tasks/{task_id}/move").status == 404


def test_deleting_and_restoring_twice_acts_once(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id = make_task(ada, team)
    form = visitor.open(f"/tasks/{task_id}").form("/delete")
    assert visitor.send(form).status == 303
    assert visitor.send(form).status == 303
    restore = visitor.open(f"/tasks/{task_id}").form("/restore")
    assert visitor.send(restore).status == 303
    assert visitor.send(restore).status == 303
    assert visitor.send(restore, op=None).status == 404
    assert visitor.open(f"/tasks/{task_id}/history").html.count("timeline__entry") == 3


def test_a_task_that_somebody_changed_is_not_thrown_away_unseen(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    form = visitor.open(f"/tasks/{task_id}").form("/delete")
    visitor.fill(f"/tasks/{task_id}/edit", "/edit", title="Important now")
    page = visitor.send(form)
    assert page.status == 409
    assert "Someone else changed this" in page.text
    assert "Important now" in page.text
    assert visitor.send(page.form("/delete")).status == 303


def test_who_may_not_delete_deletes_nothing(ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team)
    form = visit(ada).open(f"/tasks/{task_id}").form("/delete")
    assert barred.send(form).status == barred.status
    assert barred.visitor.open(f"/boards/{barred.team.board_id}/trash").status == (
        200 if barred.status == 403 else 404
    )
    assert "Write the report" in visit(ada).open(f"/boards/{barred.team.board_id}").text
