"""A deleted board is restored with everything that was on it, for 30 days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.queries import list_boards, list_deleted_boards
from taskforge.boards.service import (
    BOARDS_PER_TEAM,
    create_board,
    delete_board,
    edit_board,
    restore_board,
)
from taskforge.comments.queries import list_comments
from taskforge.comments.service import create_comment, delete_comment, restore_comment
from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.tasks.access import access_task
from taskforge.tasks.service import delete_task, restore_task
from tests.audit_trail import last_event
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import Scene, register, set_scene, with_op


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        yield set_scene()


def test_a_restored_board_has_everything_that_was_on_it(scene: Scene) -> None:
    task_id = scene.add_task("Kept")
    create_comment(scene.bob, task_id, content="Kept too")
    delete_board(scene.ann, scene.board_id)
    assert list_boards(scene.ann) == []
    [deleted] = list_deleted_boards(scene.ann, scene.team_id)
    assert deleted["name"] == "Garden"
    assert deleted["deleter_id"] == scene.ann.user_id
    with pytest.raises(NotFound):
        access_task(scene.ann.user_id, task_id)
    restore_board(scene.ann, scene.board_id)
    assert [board["board_id"] for board in list_boards(scene.ann)] == [scene.board_id]
    assert access_task(scene.bob.user_id, task_id).row["title"] == "Kept"
    assert [view.content for view in list_comments(scene.bob, task_id)] == ["Kept too"]
    assert list_deleted_boards(scene.ann, scene.team_id) == []
    event = last_event(scene.board_id)
    assert (event.event, event.before, event.after) == (
        "board.restored",
        {"deleted": True},
        {"deleted": False},
    )
    catch_up()
    assert_stores_agree()


def test_only_who_may_delete_boards_restores_them(scene: Scene) -> None:
    delete_board(scene.ann, scene.board_id)
    with pytest.raises(Forbidden):
        restore_board(scene.bob, scene.board_id)
    with pytest.raises(Forbidden):
        list_deleted_boards(scene.bob, scene.team_id)
    stranger = register("eve")
    for act in (restore_board, access_board):
        with pytest.raises(NotFound):
            act(stranger if act is restore_board else stranger.user_id, scene.board_id)  # type: ignore[operator]
    with pytest.raises(NotFound):
        list_deleted_boards(stranger, scene.team_id)


def test_the_same_request_twice_restores_once_and_a_second_person_is_told(scene: Scene) -> None:
    delete_board(scene.ann, scene.board_id)
    actor = with_op(scene.ann)
    first, second = restore_board(actor, scene.board_id), restore_board(actor, scene.board_id)
    assert (first.replayed, second.replayed) == (False, True)
    with pytest.raises(NotFound, match="This board is not deleted"):
        restore_board(scene.ann, scene.board_id)


def test_after_thirty_days_a_board_stays_deleted(scene: Scene) -> None:
    delete_board(scene.ann, scene.board_id)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert list_deleted_boards(scene.ann, scene.team_id) == []
        with pytest.raises(Conflict, match="more than 30 days ago"):
            restore_board(scene.ann, scene.board_id)


def test_a_team_with_fifty_boards_has_no_room_for_a_restored_one(scene: Scene) -> None:
    delete_board(scene.ann, scene.board_id)
    for number in range(BOARDS_PER_TEAM):
        create_board(scene.ann, scene.team_id, name=f"Board {number}")
    with pytest.raises(Conflict, match="at most 50 boards"):
        restore_board(scene.ann, scene.board_id)


def test_a_board_comes_back_beside_one_of_the_same_name(scene: Scene) -> None:
    delete_board(scene.ann, scene.board_id)
    create_board(scene.ann, scene.team_id, name="Garden")
    restore_board(scene.ann, scene.board_id)
    boards = list_boards(scene.ann)
    assert [board["name"] for board in boards] == ["Garden", "Garden"]
    assert len({board["key_prefix"] for board in boards}) == 2


def test_nothing_changes_on_a_deleted_board(scene: Scene) -> None:
    task_id, trashed = scene.add_task(), scene.add_task("Trashed")
    comment_id = create_comment(scene.ann, task_id, content="Words").entity_id
    delete_comment(scene.ann, comment_id)
    delete_task(scene.ann, trashed)
    delete_board(scene.ann, scene.board_id)
    for act in (
        lambda: restore_comment(scene.ann, comment_id),
        lambda: restore_task(scene.ann, trashed),
        lambda: edit_board(scene.ann, scene.board_id, version=2, name="Other"),
        lambda: delete_board(scene.ann, scene.board_id),
    ):
        with pytest.raises(NotFound):
            act()
