"""A suspension and something else at the same moment: one of them is first, and the other one sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.accounts import site_admins, suspension
from taskforge.errors import Suspended, TaskForgeError
from taskforge.stores import sql
from taskforge.stores.operations import Change
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.service import move_task
from tests.admin.test_suspension import WHY, make_site_admin, read_admins
from tests.audit_trail import events_of
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.together import at_once_inside

WAIT_SECONDS = 20


@pytest.fixture
def root(app: Flask) -> Person:
    return make_site_admin(make_person(app, "Root"))


@pytest.fixture
def team(ada: Person) -> Team:
    return make_team(ada)


class Held:
    """Holds the first unit of work of one actor at a moment until `go_on`; `reached` says that it is there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, method: str, actor_id: str) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        original: Callable[[UnitOfWork], Any] = getattr(UnitOfWork, method)

        def held(uow: UnitOfWork) -> Any:
            if uow.actor.user_id == actor_id and not self.reached.is_set():
                self.reached.set()
                assert self.go_on.wait(WAIT_SECONDS)
            return original(uow)

        monkeypatch.setattr(UnitOfWork, method, held)


def in_context(app: Flask, deed: Callable[[], Any]) -> Any:
    with app.app_context():
        try:
            return deed()
        except TaskForgeError as refusal:
            return refusal


def test_a_write_that_has_begun_is_refused_when_the_suspension_commits_first(
    app: Flask, root: Person, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team)
    held = Held(monkeypatch, "_flush", ada.user_id)  # the board is locked, nothing is written yet
    with ThreadPoolExecutor(1) as pool:
        move = pool.submit(
            in_context,
            app,
            lambda: move_task(ada.actor, task_id, column_id=team.columns["done"]),
        )
        assert held.reached.wait(WAIT_SECONDS)
        with app.app_context():
            suspension.suspend_person(root.actor, ada.user_id, reason=WHY)
        held.go_on.set()
        assert isinstance(move.result(WAIT_SECONDS), Suspended)
    with app.app_context():
        assert [one.event for one in events_of(task_id)] == ["task.created"]


def test_a_write_waits_for_a_suspension_that_is_under_way_and_is_refused(
    app: Flask, root: Person, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team)
    held = Held(monkeypatch, "_commit", root.user_id)  # the row is changed, and not committed
    with ThreadPoolExecutor(2) as pool:
        suspending = pool.submit(
            in_context,
            app,
            lambda: suspension.suspend_person(root.actor, ada.user_id, reason=WHY),
        )
        assert held.reached.wait(WAIT_SECONDS)
        move = pool.submit(
            in_context,
            app,
            lambda: move_task(ada.actor, task_id, column_id=team.columns["done"]),
        )
        threading.Timer(
            0.3, held.go_on.set
        ).start()  # by then the move waits; else it comes after it
        assert isinstance(suspending.result(WAIT_SECONDS), Change)
        assert isinstance(move.result(WAIT_SECONDS), Suspended)


def test_a_suspension_waits_for_a_write_that_is_about_to_commit(
    app: Flask, root: Person, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team)
    held = Held(monkeypatch, "_commit", ada.user_id)
    with ThreadPoolExecutor(2) as pool:
        move = pool.submit(
            in_context,
            app,
            lambda: move_task(ada.actor, task_id, column_id=team.columns["done"]),
        )
        assert held.reached.wait(WAIT_SECONDS)
        suspending = pool.submit(
            in_context,
            app,
            lambda: suspension.suspend_person(root.actor, ada.user_id, reason=WHY),
        )
        threading.Timer(0.3, held.go_on.set).start()
        moved, suspended = move.result(WAIT_SECONDS), suspending.result(WAIT_SECONDS)
    assert isinstance(moved, Change)
    assert isinstance(suspended, Change)
    with app.app_context():
        order = [
            row["event"]
            for row in sql.rows(
                text(
                    "SELECT event FROM audit_logs WHERE entity_id IN (:task_id, :user_id) ORDER BY log_id"
                ),
                {"task_id": task_id, "user_id": ada.user_id},
            )
        ]
    assert order[-2:] == ["task.moved", "user.suspended"]


def test_of_two_administrators_who_suspend_each_other_one_stays(
    app: Flask, root: Person, ada: Person
) -> None:
    for _ in range(4):
        make_site_admin(ada)
        answers = at_once_inside(
            app,
            [
                lambda: suspension.suspend_person(root.actor, ada.user_id, reason=WHY),
                lambda: suspension.suspend_person(ada.actor, root.user_id, reason=WHY),
            ],
        )
        assert sorted(type(one).__name__ for one in answers) == ["Change", "NotFound"]
        winner, loser = (root, ada) if isinstance(answers[0], Change) else (ada, root)
        with app.app_context():
            suspension.lift_suspension(winner.actor, loser.user_id)


def test_of_two_administrators_who_give_the_role_up_one_keeps_it(
    app: Flask, root: Person, ada: Person
) -> None:
    for _ in range(4):
        make_site_admin(root)
        make_site_admin(ada)
        answers = at_once_inside(
            app,
            [
                lambda: site_admins.revoke_site_role(root.actor, root.user_id),
                lambda: site_admins.revoke_site_role(ada.actor, ada.user_id),
            ],
        )
        assert sorted(type(one).__name__ for one in answers) == ["Change", "Conflict"]
        assert len(read_admins(app)) == 1
