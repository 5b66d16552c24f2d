"""What was changed past TaskForge is named: a row is what the audit events of its entity say (I14)."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.admin import doctor_probes
from taskforge.boards.columns import create_column, move_column
from taskforge.boards.service import (
    create_board,
    create_team,
    delete_board,
    edit_board,
    restore_board,
)
from taskforge.comments.service import create_comment, delete_comment, restore_comment
from taskforge.ids import new_id
from taskforge.stores import doctor, invariants, mongo
from taskforge.stores.violations import Violation
from taskforge.tasks.bulk.column_deletion import delete_column, restore_column
from taskforge.tasks.columns import edit_column
from taskforge.tasks.editing.checklist import add_item
from taskforge.tasks.history.undo import undo_change
from taskforge.tasks.service import create_task, delete_task, edit_task, move_task, restore_task
from taskforge.teams.service import add_member, change_role, edit_team, remove_member
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.healing import Lived
from tests.stores.scene import Scene, read, write
from tests.trips import counting_statements


def untrue() -> list[Violation]:
    return invariants.check("I14", doctor_probes.probes())


TASK_CASES = {
    "title": "'False'",
    "priority": "'urgent'",
    "start_at": "now()",
    "due_at": "now()",
    "estimate": "3.5",
    "assignee_id": "NULL",
    "rank": "'zz'",
    "number": "number + 50",
    "deleted_at": "now()",
    "status": "'done'",
}


@pytest.mark.parametrize("column", TASK_CASES)
def test_a_field_of_a_task_that_was_changed_by_sql_is_named(lived: Lived, column: str) -> None:
    write(f"UPDATE tasks SET {column} = {TASK_CASES[column]} WHERE task_id = :id", id=lived.task)
    (violation,) = untrue()
    assert (violation.entity, violation.repairable) == (f"task {lived.task}", False)
    assert violation.detail.startswith(
        column.removesuffix("_at") if column == "deleted_at" else column
    )


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        ("UPDATE team_memberships SET role = 'admin' WHERE user_id = :bob", "team", '"member" by the audit log'),
        ("DELETE FROM team_memberships WHERE user_id = :bob", "team", '"member" by the audit log, null'),
        ("UPDATE teams SET name = 'False' WHERE team_id = :team", "team", "name"),
        ("DELETE FROM role_permissions WHERE team_id = :team AND permission_id = 22 AND role = 'member'",
         "team", "right of members to task.move: true by the audit log"),
        ("INSERT INTO role_permissions VALUES (:team, 'guest', 20)", "team", "right of guests to task.create: false"),
        ("UPDATE team_memberships SET role = 'guest', is_limited = true WHERE user_id = :bob", "team", "limit of "),
        ("UPDATE boards SET is_private = true WHERE board_id = :board", "board", "is_private: false"),
        ("INSERT INTO board_people VALUES (:board, :bob)", "board", "name of "),
        ("UPDATE boards SET name = 'False' WHERE board_id = :board", "board", "name"),
        ("UPDATE boards SET deleted_at = now() WHERE board_id = :board", "board", "deleted: false"),
        ("UPDATE columns SET wip_limit = 1 WHERE column_id = :column", "board", "column "),
        ("UPDATE columns SET deleted_at = now() WHERE column_id = :column", "board", "column "),
        ("UPDATE comments SET deleted_at = now() WHERE task_id = :task", "comment", "deleted"),
        ("UPDATE users SET is_site_admin = true WHERE user_id = :bob", "user", "is_site_admin"),
        ("UPDATE users SET email = 'false@example.test' WHERE user_id = :bob", "user", "email"),
    ],
)  # fmt: skip
def test_what_was_changed_by_sql_is_named(
    lived: Lived, statement: str, kind: str, words: str
) -> None:
    scene = lived.scene
    names = {
        "bob": scene.bob.user_id, "team": scene.team_id, "board": scene.board_id,
        "column": scene.columns[0], "task": lived.task,
    }  # fmt: skip
    write(statement, **{name: value for name, value in names.items() if f":{name}" in statement})
    found = untrue()
    assert [one.entity.split()[0] for one in found] == [kind]
    assert words in found[0].detail
    assert not found[0].repairable
    assert doctor.examine(doctor_probes.probes()).exit_code == doctor.NOT_REPAIRABLE


def test_a_member_that_nobody_added_is_named(lived: Lived) -> None:
    other = create_team(lived.scene.bob, name="Other").entity_id
    write(
        "INSERT INTO team_memberships (team_id, user_id, role, joined_at) VALUES (:team, :user, 'admin', now())",
        team=other,
        user=lived.scene.ann.user_id,
    )
    assert [one.entity for one in untrue()] == [f"team {other}"]


def test_a_row_that_is_gone_is_named(lived: Lived) -> None:
    task = lived.scene.add_task("Gone")
    write("DELETE FROM tasks WHERE task_id = :id", id=task)
    assert [(one.entity, one.detail) for one in untrue()] == [
        (f"task {task}", "the audit log has it, and there is no row")
    ]


@pytest.mark.parametrize(
    "falsify",
    [
        "UPDATE tasks SET title = 'False' WHERE task_id = :id",
        "UPDATE tasks SET priority = 'urgent' WHERE task_id = :id",
        "UPDATE tasks SET deleted_at = now() WHERE task_id = :id",
    ],
)
def test_nothing_false_is_copied_to_mongodb_by_a_repair(lived: Lived, falsify: str) -> None:
    before = mongo.collection("tasks").find_one({"_id": lived.task})
    write(falsify, id=lived.task)
    report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert report.exit_code == doctor.NOT_REPAIRABLE
    assert "I14" in {one.invariant for one in report.left}
    assert mongo.collection("tasks").find_one({"_id": lived.task}) == before


def test_a_false_mail_address_is_not_copied_either(lived: Lived) -> None:
    user = lived.scene.bob.user_id
    before = mongo.collection("profiles").find_one({"_id": user})
    write("UPDATE users SET email = 'false@example.test' WHERE user_id = :id", id=user)
    assert doctor.treat(doctor_probes.probes(), doctor_probes.remedies()).exit_code == 2
    assert mongo.collection("profiles").find_one({"_id": user}) == before


def test_everything_that_taskforge_does_itself_is_true(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, board = scene.ann, scene.bob, scene.board_id
    monkeypatch.setattr("taskforge.tasks.editing.writer.MAX_RANK_LENGTH", 1)
    monkeypatch.setattr("taskforge.boards.columns.MAX_RANK_LENGTH", 1)
    tasks = [scene.add_task(f"Card {number}") for number in range(5)]
    for number in range(12):
        move_task(
            ann, tasks[number % 5], column_id=scene.columns[0], before_id=tasks[(number + 1) % 5]
        )
    changed = edit_task(
        bob, tasks[0], changes={"title": "New", "estimate": None, "tags": ["a"], "description": "x"}
    )
    undo_change(bob, tasks[0], str(changed.event_id))
    add_item(ann, tasks[1], words="One")
    delete_task(ann, tasks[2])
    restore_task(ann, tasks[2])
    delete_task(ann, tasks[3])
    extra = create_column(ann, board, name="Extra", status="todo", hue=2).extra["column_id"]
    for _ in range(6):
        move_column(ann, board, extra, after_id=None)
        move_column(ann, board, scene.columns[1], after_id=None)
    edit_column(ann, board, extra, changes={"name": "More", "wip_limit": 4})
    delete_column(ann, board, extra)
    restore_column(ann, board, extra)
    delete_column(ann, board, scene.columns[0], with_cards=True)
    restore_column(ann, board, scene.columns[0])
    delete_column(ann, board, scene.columns[0], move_to=scene.columns[1])
    edit_board(
        ann,
        board,
        version=read("SELECT version FROM boards WHERE board_id = :id", id=board),
        name="New",
    )
    second = create_board(ann, scene.team_id, name="Second").entity_id
    delete_board(ann, second)
    restore_board(ann, second)
    delete_board(ann, create_board(ann, scene.team_id, name="Third").entity_id)
    comment = create_comment(bob, tasks[0], content="Words").entity_id
    delete_comment(bob, comment)
    restore_comment(bob, comment)
    create_task(ann, board_id=board, title="With a day", due_at=None, assignee_id=bob.user_id)
    version = read("SELECT version FROM teams WHERE team_id = :id", id=scene.team_id)
    edit_team(ann, scene.team_id, version=version, changes={"description": "Words"})
    change_role(ann, scene.team_id, bob.user_id, role="admin")
    remove_member(ann, scene.team_id, bob.user_id)
    add_member(ann, scene.team_id, role="guest", user_id=bob.user_id)
    catch_up()
    assert read("SELECT count(*) FROM audit_logs WHERE new_state ? 'spread_ranks'") > 1
    assert_stores_agree()


def test_a_long_log_costs_no_more_statements(app: Flask, scene: Scene) -> None:
    task = scene.add_task("Card")
    with counting_statements(app) as few:
        untrue()
    for number in range(40):
        edit_task(scene.ann, task, changes={"title": f"Card {new_id()} {number}"})
    with counting_statements(app) as many:
        untrue()
    assert len(many) == len(few) == 7
