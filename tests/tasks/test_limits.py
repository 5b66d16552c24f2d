"""WIP limits on every way to a column: soft ones warn and are recorded, hard ones refuse, and some override them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.boards.columns import create_column
from taskforge.errors import WipLimitReached
from taskforge.stores import sql
from taskforge.tasks import columns, service
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from taskforge.tasks.bulk.edit import edit_tasks
from taskforge.tasks.history.undo import undo_change
from tests.factories import Person, Team, csrf_token, make_limits_hard, make_task, make_team
from tests.pages import visit

NEWEST = "SELECT new_state, previous_state FROM audit_logs ORDER BY log_id DESC LIMIT 1"
OVER = {"limit": 1, "count": 2}
Way = Callable[[Person, Team], object]


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """A board whose column “To do” is full."""
    team = make_team(ada, member=bob, guest=gus)
    with ada.app.app_context():
        todo = team.columns["todo"]
        columns.edit_column(ada.actor, team.board_id, todo, changes={"wip_limit": 1})
    make_task(ada, team, "Busy", status="todo")
    return team


def newest(app: Flask) -> dict[str, Any]:
    with app.app_context():
        found = sql.row(text(NEWEST))
    assert found is not None
    return dict(found["new_state"])


def count(app: Flask, team: Team) -> int:
    statement = "SELECT count(*) FROM tasks WHERE column_id = :id AND deleted_at IS NULL"
    with app.app_context():
        return int(sql.scalar(text(statement), {"id": team.columns["todo"]}))


def move(person: Person, team: Team) -> object:
    task_id = make_task(person, team)
    with person.app.app_context():
        return service.move_task(person.actor, task_id, column_id=team.columns["todo"])


def edit_status(person: Person, team: Team) -> object:
    task_id = make_task(person, team)
    with person.app.app_context():
        return service.edit_task(person.actor, task_id, changes={"status": "todo"})


def create(person: Person, team: Team) -> object:
    return make_task(person, team, status="todo")


def create_two(person: Person, team: Team) -> object:
    with person.app.app_context():
        place = {"board_id": team.board_id, "column_id": team.columns["todo"]}
        return create_tasks(person.actor, **place, new_tasks=[NewTask(title="One")])


def move_many(person: Person, team: Team) -> object:
    ids = [make_task(person, team)]
    with person.app.app_context():
        todo = team.columns["todo"]
        return edit_tasks(
            person.actor, board_id=team.board_id, task_ids=ids, act="column", value=todo
        )


def restore(person: Person, team: Team) -> object:
    with person.app.app_context():
        found = sql.scalar(text("SELECT task_id FROM tasks WHERE title = 'Busy'"))
        service.delete_task(person.actor, found)
        service.create_task(person.actor, board_id=team.board_id, title="Next", status="todo")
        return service.restore_task(person.actor, found)


def move_back(person: Person, team: Team) -> object:
    with person.app.app_context():
        busy = sql.scalar(text("SELECT task_id FROM tasks WHERE title = 'Busy'"))
        away = service.move_task(person.actor, busy, column_id=team.columns["done"])
        service.create_task(person.actor, board_id=team.board_id, title="Next", status="todo")
        return undo_change(person.actor, busy, str(away.event_id))


WAYS: list[Way] = [move, edit_status, create, create_two, move_many, restore, move_back]


@pytest.mark.parametrize("way", WAYS)
def test_a_soft_limit_lets_through_and_is_recorded(
    app: Flask, ada: Person, team: Team, way: Way
) -> None:
    way(ada, team)
    assert count(app, team) == 2
    assert newest(app)["over_limit"] == OVER


@pytest.mark.parametrize("way", WAYS)
def test_a_hard_limit_refuses(app: Flask, ada: Person, team: Team, way: Way) -> None:
    make_limits_hard(ada, team)
    with pytest.raises(WipLimitReached):
        way(ada, team)
    assert count(app, team) == 1


def test_what_stays_in_its_column_or_fits_is_not_recorded(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Other", status="todo")
    with app.app_context():
        service.move_task(ada.actor, task_id, column_id=team.columns["todo"])
        assert "over_limit" not in newest(app)
        service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        assert "over_limit" not in newest(app)


def test_undo_sees_no_field_in_the_record(app: Flask, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    with app.app_context():
        first = service.move_task(ada.actor, task_id, column_id=team.columns["todo"])
        service.edit_task(ada.actor, task_id, changes={"title": "New"})
        undo_change(ada.actor, task_id, str(first.event_id))
    assert count(app, team) == 1


def send(person: Person, team: Team, task_id: str, **fields: str) -> Any:
    client = visit(person).client
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(client)}
    data = {"column_id": team.columns["todo"], **fields}
    return client.post(f"/tasks/{task_id}/move", data=data, headers=headers)


def test_who_holds_the_permission_moves_anyway(
    app: Flask, ada: Person, bob: Person, gus: Person, eve: Person, team: Team
) -> None:
    make_limits_hard(ada, team)
    task_id = make_task(ada, team)
    for person, overridable in ((ada, True), (bob, False)):
        error = send(person, team, task_id).get_json()["error"]
        assert (error["code"], error["overridable"]) == ("wip_limit", overridable)
    assert send(bob, team, task_id, anyway="1").status_code == 409
    assert send(gus, team, task_id, anyway="1").status_code == 403
    assert send(eve, team, task_id, anyway="1").status_code == 404
    assert send(ada, team, task_id, anyway="maybe").status_code == 422
    assert send(ada, team, task_id, anyway="0").status_code == 409
    assert send(ada, team, task_id, anyway="1").status_code == 200
    assert newest(app)["over_limit"] == OVER


def test_into_a_lane_of_a_full_column_too(app: Flask, ada: Person, team: Team) -> None:
    make_limits_hard(ada, team)
    task_id = make_task(ada, team)
    lane = {"lanes": "priority", "lane": "v:high"}
    assert send(ada, team, task_id, **lane).status_code == 409
    assert send(ada, team, task_id, **lane, anyway="1").status_code == 200
    assert newest(app)["over_limit"] == OVER


def test_the_form_offers_to_move_anyway_to_who_may(ada: Person, bob: Person, team: Team) -> None:
    make_limits_hard(ada, team)
    task_id = make_task(ada, team)
    todo = team.columns["todo"]
    refused = visit(bob).fill(f"/tasks/{task_id}/move", "/move", column_id=todo, place="top")
    assert refused.status == 409
    assert "Move anyway" not in refused.text
    visitor = visit(ada)
    refused = visitor.fill(f"/tasks/{task_id}/move", "/move", column_id=todo, place="top")
    assert "“To do” is full: 1 of 1 tasks." in refused.text
    assert "Move anyway" in refused.text
    form = refused.form("/move")
    assert form.fields["column_id"] == todo
    assert form.fields["place"] == "top"
    assert visitor.send(form, anyway="1").status == 303
    assert (
        "above the limit of its column (2 of 1)" in visitor.open(f"/tasks/{task_id}/history").text
    )


def test_limits_are_made_hard_and_soft_in_the_settings(
    app: Flask, ada: Person, gus: Person, team: Team
) -> None:
    visitor = visit(ada)
    settings = f"/boards/{team.board_id}/settings"
    assert visitor.open(settings).form("/edit").fields["hard_limits"] == "0"
    assert visitor.fill(settings, "/edit", hard_limits="1").status == 303
    assert newest(app) == {"hard_limits": True}
    assert visitor.open(settings).form("/edit").fields["hard_limits"] == "1"
    visitor.fill(settings, "/edit", name="Other name", hard_limits=None)
    assert newest(app) == {"name": "Other name"}
    assert visitor.fill(settings, "/edit", hard_limits="2").status == 422
    activity = visitor.open(f"/boards/{team.board_id}/activity").text
    assert "made the limits of the board hard" in activity
    assert visit(gus).open(settings).status == 403


def test_a_column_says_that_it_is_above_its_limit(ada: Person, team: Team) -> None:
    make_task(ada, team, status="todo")
    page = visit(ada).open(f"/boards/{team.board_id}")
    assert "over limit" in page.text
    with ada.app.app_context():
        create_column(ada.actor, team.board_id, name="New", status="todo", hue=1, wip_limit=1)
    assert page.html.count("column__limit--over") == 1
