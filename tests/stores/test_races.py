"""Real races between threads, each with connections of its own: the rules hold whoever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from flask import Flask, session
from sqlalchemy import text

from taskforge.accounts.session_records import (
    find_identity,
    hash_sid,
    open_session,
    revoke_all_sessions,
)
from taskforge.boards.service import create_board, create_team
from taskforge.comments.queries import list_comments
from taskforge.comments.service import create_comment
from taskforge.errors import Forbidden, NotFound, StaleVersion, TaskForgeError, WipLimitReached
from taskforge.extensions import db
from taskforge.messaging.redis_client import redis_client
from taskforge.stores.operations import Change
from taskforge.tasks.access import access_task
from taskforge.tasks.columns import edit_column
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import create_task, edit_task, move_task
from taskforge.teams.queries import get_team
from taskforge.teams.service import change_role, edit_team
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import Scene, read, with_op, write
from tests.together import at_once_inside

Together = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.fixture
def together(app: Flask, scene: Scene) -> Together:
    """Run services at the same moment; their answers or refusals, in order."""
    return partial(at_once_inside, app)


def test_the_same_move_sent_twice_at_once_is_made_once(scene: Scene, together: Together) -> None:
    task_id = scene.add_task()
    preloaded = access_task(scene.ann.user_id, task_id)
    actor = with_op(scene.ann)
    send = partial(move_task, actor, task_id, column_id=scene.columns[2], preloaded=preloaded)
    answers = together([send, send])
    assert sorted(answer.replayed for answer in answers) == [False, True]
    assert {(answer.version, answer.event_id) for answer in answers} == {(2, answers[0].event_id)}
    assert read("SELECT count(*) FROM audit_logs WHERE operation_id = :op", op=actor.op_id) == 1
    catch_up()
    assert_stores_agree()


def test_a_move_of_what_was_seen_before_another_change_looks_again(scene: Scene) -> None:
    task_id = scene.add_task()
    preloaded = access_task(scene.ann.user_id, task_id)
    move_task(scene.ann, task_id, column_id=scene.columns[1])
    assert (
        move_task(scene.ann, task_id, column_id=scene.columns[2], preloaded=preloaded).version == 3
    )
    with pytest.raises(StaleVersion):
        move_task(scene.ann, task_id, column_id=scene.columns[3], version=1, preloaded=preloaded)


def test_of_two_edits_of_one_version_one_is_told_of_the_other(
    scene: Scene, together: Together
) -> None:
    for number in range(5):
        task_id = scene.add_task()
        answers = together(
            [
                lambda who=who, task_id=task_id: edit_task(
                    who, task_id, changes={"description": f"By {who.user_id}"}, version=1
                )
                for who in (scene.ann, scene.bob)
            ]
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Change", "StaleVersion"]
        assert get_task(scene.ann, task_id).row["version"] == 2, number
    catch_up()
    assert_stores_agree()


def test_one_operation_sent_by_several_at_once_happens_once(
    scene: Scene, together: Together
) -> None:
    same = with_op(scene.ann)
    answers = together([lambda: create_task(same, board_id=scene.board_id, title="One")] * 6)
    assert all(isinstance(answer, Change) for answer in answers), answers
    assert len({answer.entity_id for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert read("SELECT count(*) FROM tasks") == 1
    catch_up()
    assert_stores_agree()


def test_of_two_last_admins_who_step_down_one_must_stay(scene: Scene, together: Together) -> None:
    for _ in range(5):
        change_role(scene.ann, scene.team_id, scene.bob.user_id, role="admin")
        answers = together(
            [
                lambda who=who: change_role(who, scene.team_id, who.user_id, role="member")
                for who in (scene.ann, scene.bob)
            ]
        )
        assert sorted(isinstance(answer, Change) for answer in answers) == [False, True], answers
        admins = "SELECT count(*) FROM team_memberships WHERE role = 'admin'"
        assert read(admins) == 1
        if isinstance(answers[0], Change):
            change_role(scene.bob, scene.team_id, scene.ann.user_id, role="admin")
            change_role(scene.ann, scene.team_id, scene.bob.user_id, role="member")


def test_a_wip_limit_holds_against_eight_at_once(scene: Scene, together: Together) -> None:
    limited = scene.columns[2]
    edit_column(scene.ann, scene.board_id, limited, changes={"wip_limit": 3})
    write("UPDATE boards SET hard_limits = true WHERE board_id = :id", id=scene.board_id)
    task_ids = [scene.add_task(f"Task {number}") for number in range(8)]
    answers = together(
        [
            lambda task_id=task_id: move_task(scene.ann, task_id, column_id=limited)
            for task_id in task_ids
        ]
    )
    assert sum(isinstance(answer, Change) for answer in answers) == 3
    assert sum(isinstance(answer, WipLimitReached) for answer in answers) == 5
    assert read("SELECT count(*) FROM tasks WHERE column_id = :id", id=limited) == 3
    catch_up()
    assert_stores_agree()


def test_moves_to_the_same_place_at_once_get_different_ranks(
    scene: Scene, together: Together
) -> None:
    anchor = scene.add_task("Anchor", column_id=scene.columns[1])
    task_ids = [scene.add_task(f"Task {number}") for number in range(8)]
    for _ in range(3):
        answers = together(
            [
                lambda task_id=task_id: move_task(
                    scene.bob, task_id, column_id=scene.columns[1], before_id=anchor
                )
                for task_id in task_ids
            ]
        )
        assert all(isinstance(answer, Change) for answer in answers), answers
    ranks = "SELECT count(DISTINCT rank) FROM tasks WHERE column_id = :id"
    last = "SELECT task_id FROM tasks WHERE column_id = :id ORDER BY rank DESC LIMIT 1"
    assert read(ranks, id=scene.columns[1]) == 9
    assert read(last, id=scene.columns[1]) == anchor


def test_changes_of_text_and_place_at_once_both_stay(scene: Scene, together: Together) -> None:
    task_id = scene.add_task()
    for number in range(1, 6):
        answers = together(
            [
                partial(edit_task, scene.ann, task_id, changes={"description": f"Text {number}"}),
                partial(move_task, scene.bob, task_id, column_id=scene.columns[number % 5]),
                partial(create_comment, scene.bob, task_id, content=f"Comment {number}"),
            ]
        )
        assert all(isinstance(answer, Change) for answer in answers), answers
        view = get_task(scene.ann, task_id)
        assert view.texts is not None
        assert view.texts["description"] == f"Text {number}"
        assert view.row["column_id"] == scene.columns[number % 5]
    assert len(list_comments(scene.ann, task_id)) == 5
    catch_up()
    assert_stores_agree()


def test_a_request_in_flight_cannot_bring_a_revoked_session_back(app: Flask, scene: Scene) -> None:
    secret = "s" * 43
    open_session(scene.ann.user_id, secret, kind="browser")
    key = f"session:{hash_sid(secret).hex()}"
    redis_client().set(key, b"\x80", ex=600)  # an empty map
    cookie = {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={secret}"}
    with app.test_request_context("/", headers=cookie):
        session["draft"] = "typed while the other window logs out everywhere"
        revoke_all_sessions(scene.ann)
        app.session_interface.save_session(app, session, app.make_response(""))  # type: ignore[arg-type]
    assert redis_client().get(key) is None
    assert find_identity(sid=secret) is None


def test_losing_redis_in_the_middle_logs_nobody_out_and_loses_nothing(scene: Scene) -> None:
    task_id = scene.add_task(assignee_id=scene.bob.user_id)
    open_session(scene.ann.user_id, "secret", kind="browser")
    redis_client().flushall()
    assert find_identity(sid="secret") is not None
    edit_task(scene.ann, task_id, changes={"description": "Still here"})
    redis_client().flushall()
    texts = get_task(scene.bob, task_id).texts
    assert texts is not None
    assert texts["description"] == "Still here"
    catch_up()
    assert read("SELECT count(*) FROM notifications WHERE kind = 'assigned'") == 1
    assert_stores_agree()


ROLE = "UPDATE team_memberships SET role = 'guest' WHERE user_id = :user_id"
GONE = "DELETE FROM team_memberships WHERE user_id = :user_id"
CHANGES_OF_BOB: dict[str, Callable[[Scene], Any]] = {
    "create a task": lambda scene: create_task(scene.bob, board_id=scene.board_id, title="Mine"),
    "change a column": lambda scene: edit_column(
        scene.bob, scene.board_id, scene.columns[0], changes={"name": "Mine"}
    ),
    "create a board": lambda scene: create_board(scene.bob, scene.team_id, name="Mine"),
    "change a role": lambda scene: change_role(
        scene.bob, scene.team_id, scene.ann.user_id, role="guest"
    ),
}


@pytest.mark.parametrize("doing", CHANGES_OF_BOB)
@pytest.mark.parametrize(("loss", "refusal"), [(ROLE, Forbidden), (GONE, NotFound)])
def test_who_loses_a_role_while_waiting_for_a_lock_is_refused(
    scene: Scene, together: Together, doing: str, loss: str, refusal: type[TaskForgeError]
) -> None:
    change_role(scene.ann, scene.team_id, scene.bob.user_id, role="admin")
    facts = read("SELECT count(*) FROM audit_logs")
    locked = threading.Event()

    def take_away() -> None:
        with db.engine.begin() as connection:
            connection.execute(text("SELECT 1 FROM teams FOR UPDATE"))
            connection.execute(text("SELECT 1 FROM boards FOR UPDATE"))
            locked.set()
            connection.execute(text("SELECT pg_sleep(0.3)"))
            connection.execute(text(loss), {"user_id": scene.bob.user_id})

    def change() -> Any:
        locked.wait(timeout=5)
        return CHANGES_OF_BOB[doing](scene)

    _, answer = together([take_away, change])
    assert isinstance(answer, refusal)
    assert read("SELECT count(*) FROM audit_logs") == facts


def test_two_teams_do_not_become_each_others_part(scene: Scene, together: Together) -> None:
    other_id = create_team(scene.ann, name="House").entity_id
    for _ in range(10):
        versions = [get_team(scene.ann, one)["version"] for one in (scene.team_id, other_id)]
        answers = together(
            [
                partial(
                    edit_team, scene.ann, child, version=version, changes={"parent_team_id": parent}
                )
                for child, parent, version in zip(
                    (scene.team_id, other_id), (other_id, scene.team_id), versions, strict=True
                )
            ]
        )
        assert sorted(isinstance(answer, Change) for answer in answers) == [False, True], answers
        write("UPDATE teams SET parent_team_id = NULL")
