"""What is not taken back, and the reason that whoever asks is given."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.clock import read_in
from taskforge.errors import Conflict, Forbidden, NotFound, Unavailable, WipLimitReached
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.tasks import columns, service
from taskforge.tasks.bulk.column_deletion import delete_column
from taskforge.tasks.history import undo as undo_service
from taskforge.tasks.history.undo import undo_change
from taskforge.teams import service as teams
from taskforge.text.zones import find_zone
from tests.factories import Person, Team, make_limits_hard, make_task, make_team
from tests.tasks.undoing import edit, facts, order, state, undo
from tests.together import at_once_inside


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    return make_team(ada, member=bob, guest=gus)


def test_a_later_change_of_the_same_field_refuses_and_says_who_what_and_when(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with app.app_context():
        done = edit(ada, task_id, title="Mine", priority="high")
        edit(bob, task_id, description="Something else")
        edit(bob, task_id, title="Theirs")
        with pytest.raises(Conflict) as refusal:
            undo(ada, done)
        assert refusal.value.message.startswith("Bob Number")
        assert "changed the title later, on " in refusal.value.message
        assert "UTC. Undo that first" in refusal.value.message
        with read_in(find_zone("Pacific/Auckland")), pytest.raises(Conflict) as elsewhere:
            undo(ada, done)
        assert "UTC" not in elsewhere.value.message
        assert state(ada, task_id)["title"] == "Theirs"


def test_a_later_move_inside_the_column_counts_as_the_place(
    app: Flask, ada: Person, team: Team
) -> None:
    above, task_id = (make_task(ada, team, title, status="todo") for title in "AB")
    make_task(ada, team, "Done", status="done")
    with app.app_context():
        done = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        first = service.move_task(ada.actor, above, column_id=team.columns["done"])
        service.move_task(ada.actor, task_id, column_id=team.columns["done"], after_id=above)
        with pytest.raises(Conflict, match="changed the place later"):
            undo(ada, done)
        undo(ada, first)  # another card's move is its own matter


def test_a_task_in_the_trash_takes_nothing_but_its_restoring(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Old")
    with app.app_context():
        done = edit(ada, task_id, title="New")
        gone = service.delete_task(ada.actor, task_id)
        with pytest.raises(Conflict, match="in the trash"):
            undo(ada, done)
        undo(ada, gone)
        undo(ada, done)
        assert state(ada, task_id)["title"] == "Old"


def test_a_column_that_is_gone_or_full_takes_no_card_back(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    with app.app_context():
        todo = team.columns["todo"]
        done = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        columns.edit_column(ada.actor, team.board_id, todo, changes={"wip_limit": 1})
        make_limits_hard(ada, team)
        other = make_task(ada, team, "Busy", status="todo")
        with pytest.raises(WipLimitReached, match="is full: 1 of 1"):
            undo(ada, done)
        service.move_task(ada.actor, other, column_id=team.columns["done"])
        delete_column(ada.actor, team.board_id, todo)
        with pytest.raises(Conflict, match="The column “To do” is gone"):
            undo(ada, done)


def test_an_assignee_who_left_the_team_is_not_assigned_again(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id)
    with app.app_context():
        done = edit(ada, task_id, assignee_id=None)
        teams.remove_member(ada.actor, team.team_id, bob.user_id)
        with pytest.raises(Conflict, match=r"Bob Number.* does not belong to this team any more"):
            undo(ada, done)


@pytest.mark.parametrize("kind", ["edit", "move", "delete", "restore", "create"])
def test_undoing_needs_the_permission_of_what_it_does(
    app: Flask, ada: Person, bob: Person, gus: Person, eve: Person, team: Team, kind: str
) -> None:
    needed = {
        "edit": "task.edit",
        "move": "task.move",
        "delete": "task.restore",
        "restore": "task.delete",
        "create": "task.delete",
    }[kind]
    with app.app_context():
        done = service.create_task(ada.actor, board_id=team.board_id, title="T")
        task_id = done.entity_id
        if kind == "edit":
            done = edit(ada, task_id, title="New")
        elif kind == "move":
            done = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        elif kind in ("delete", "restore"):
            done = service.delete_task(ada.actor, task_id)
        if kind == "restore":
            done = service.restore_task(ada.actor, task_id)
        take_permission(team, needed)
        for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
            with pytest.raises(refusal):
                undo(person, done)
        undo(ada, done)


def take_permission(team: Team, permission: str) -> None:
    """Members of the team may do everything that they could, but this."""
    sql.execute_now(
        text(
            "DELETE FROM role_permissions USING permissions WHERE role_permissions.permission_id ="
            " permissions.permission_id AND team_id = :team_id AND role = 'member' AND name = :name"
        ),
        {"team_id": team.team_id, "name": permission},
    )


def test_a_fact_of_another_task_or_of_a_comment_is_none_of_this_task(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id, other = make_task(ada, team), make_task(ada, team, "Other")
    with app.app_context():
        done = edit(ada, other, title="New")
        for event_id in (done.event_id, new_id()):
            with pytest.raises(NotFound, match="no such change"):
                undo_change(ada.actor, task_id, str(event_id))


def test_of_two_who_undo_the_same_at_once_one_wins(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    for _ in range(4):
        task_id = make_task(ada, team, "Old")
        with app.app_context():
            done = edit(ada, task_id, title="New", description="Words")
        answers = at_once_inside(app, [lambda: undo(ada, done), lambda: undo(bob, done)])  # noqa: B023
        assert sorted(type(answer).__name__ for answer in answers) == ["Change", "Conflict"]
        assert any("undid this already" in str(answer) for answer in answers)
        with app.app_context():
            assert state(ada, task_id)["title"] == "Old"
            assert len(facts(task_id)) == 3


def test_a_text_that_cannot_be_read_is_not_undone(
    app: Flask, ada: Person, team: Team, lose_texts: Callable[[], None]
) -> None:
    task_id = make_task(ada, team, texts={"description": "Old"})
    with app.app_context():
        done = edit(ada, task_id, description="New")
        moved = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        lose_texts()
        with pytest.raises(Unavailable, match="can't be read right now"):
            undo(ada, done)
        assert len(facts(task_id)) == 3
        undo(ada, moved)  # needs no text
        assert order(team, "done") == []


def test_giving_a_column_back_is_a_move_and_needs_its_permission(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    with app.app_context():
        moved = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        take_permission(team, "task.move")
        back = {"event_id": str(moved.event_id), "field": "column_id", "version": None}
        with pytest.raises(Forbidden):
            undo_service.restore_value(bob.actor, task_id, **back)
        undo_service.restore_value(ada.actor, task_id, **back)
