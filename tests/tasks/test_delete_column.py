"""Deleting a column with its cards: moved to another one or into the trash, and taken back with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.boards.columns import create_column
from taskforge.boards.queries import list_columns, list_deleted_columns
from taskforge.boards.service import edit_board
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, WipLimitReached
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task
from taskforge.tasks.bulk.column_deletion import delete_column, restore_column
from taskforge.tasks.columns import edit_column
from taskforge.tasks.service import delete_task, move_task, restore_task
from taskforge.teams.permissions import Permission
from tests.audit_trail import events_of, last_event
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import Scene, read, set_scene, with_op, write


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        yield set_scene()


@pytest.fixture
def cards(scene: Scene) -> list[str]:
    """Three cards of the second column, from top to bottom."""
    return [scene.add_task(name, column_id=scene.columns[1]) for name in ("One", "Two", "Three")]


def names(scene: Scene) -> list[str]:
    return [column["name"] for column in list_columns([scene.board_id])]


def held(scene: Scene, column_id: str) -> list[str]:
    found = read(
        "SELECT coalesce(array_agg(title ORDER BY rank), '{}') FROM tasks"
        " WHERE column_id = :id AND deleted_at IS NULL",
        id=column_id,
    )
    return list(found)


def state(scene: Scene, task_id: str) -> tuple[str, str, bool]:
    row, _ = access_task(scene.ann.user_id, task_id, deleted=True)
    return row["column_id"], row["status"], row["deleted_at"] is not None


def test_a_column_with_cards_asks_where_they_go(scene: Scene, cards: list[str]) -> None:
    with pytest.raises(Conflict, match=r"“To do” holds 3 cards\. Choose a column to move them to"):
        delete_column(scene.ann, scene.board_id, scene.columns[1])
    assert held(scene, scene.columns[1]) == ["One", "Two", "Three"]
    assert read("SELECT count(*) FROM audit_logs WHERE event LIKE 'board.column_d%'") == 0


def test_cards_move_to_the_end_of_another_column_in_their_order(
    scene: Scene, cards: list[str]
) -> None:
    target = scene.columns[2]
    scene.add_task("First", column_id=target)
    done = delete_column(scene.ann, scene.board_id, scene.columns[1], move_to=target)
    assert done.extra["cards"] == 3
    assert names(scene) == ["Backlog", "In progress", "In review", "Done"]
    assert held(scene, target) == ["First", "One", "Two", "Three"]
    assert state(scene, cards[0]) == (target, "in_progress", False)
    assert last_event(cards[2]).event == "task.moved"
    deletion = last_event(scene.board_id)
    assert deletion.event == "board.column_deleted"
    assert deletion.before["name"] == "To do"
    assert deletion.after == {
        "column_id": scene.columns[1],
        "deleted": True,
        "cards": 3,
        "moved_to": target,
    }
    catch_up()
    assert_stores_agree()


@pytest.mark.parametrize("way", ["move", "trash"])
def test_a_restored_column_has_its_cards_again(scene: Scene, cards: list[str], way: str) -> None:
    column_id, target = scene.columns[1], scene.columns[3]
    choice = {"move_to": target} if way == "move" else {"with_cards": True}
    delete_column(scene.ann, scene.board_id, column_id, **choice)  # type: ignore[arg-type]
    [deleted] = list_deleted_columns(scene.board_id)
    assert (deleted["name"], deleted["card_count"]) == ("To do", 3)
    back = restore_column(scene.bob, scene.board_id, column_id)
    assert (back.extra["cards"], back.extra["left"]) == (3, 0)
    assert names(scene) == ["Backlog", "To do", "In progress", "In review", "Done"]
    assert held(scene, column_id) == ["One", "Two", "Three"]
    assert held(scene, target) == []
    for task_id in cards:
        assert state(scene, task_id) == (column_id, "todo", False)
        first, second = events_of(task_id)[-2:]
        assert second.after["undoes"]
        assert first.after != second.after
    assert last_event(scene.board_id).event == "board.column_restored"
    assert list_deleted_columns(scene.board_id) == []
    catch_up()
    assert_stores_agree()


def test_what_happened_to_a_card_since_stays(scene: Scene, cards: list[str]) -> None:
    column_id, target, other = scene.columns[1], scene.columns[3], scene.columns[4]
    delete_column(scene.ann, scene.board_id, column_id, move_to=target)
    move_task(scene.bob, cards[0], column_id=other)
    delete_task(scene.bob, cards[1])
    back = restore_column(scene.ann, scene.board_id, column_id)
    assert (back.extra["cards"], back.extra["left"]) == (1, 2)
    assert held(scene, column_id) == ["Three"]
    assert held(scene, other) == ["One"]
    assert state(scene, cards[1])[2]


def test_a_card_that_was_restored_alone_stays_where_it_went(scene: Scene, cards: list[str]) -> None:
    column_id = scene.columns[1]
    delete_column(scene.ann, scene.board_id, column_id, with_cards=True)
    restore_task(scene.bob, cards[1])
    assert state(scene, cards[1]) == (scene.columns[0], "backlog", False)
    restore_column(scene.ann, scene.board_id, column_id)
    assert held(scene, column_id) == ["One", "Three"]
    assert state(scene, cards[1]) == (scene.columns[0], "backlog", False)


def test_cards_that_were_in_the_trash_before_stay_there(scene: Scene, cards: list[str]) -> None:
    delete_task(scene.ann, cards[0])
    delete_column(scene.ann, scene.board_id, scene.columns[1], with_cards=True)
    restore_column(scene.ann, scene.board_id, scene.columns[1])
    assert held(scene, scene.columns[1]) == ["Two", "Three"]
    assert state(scene, cards[0])[2]


def test_a_column_over_its_limit_comes_back_with_all_its_cards(
    scene: Scene, cards: list[str]
) -> None:
    edit_column(scene.ann, scene.board_id, scene.columns[1], changes={"wip_limit": 2})
    delete_column(scene.ann, scene.board_id, scene.columns[1], with_cards=True)
    restore_column(scene.ann, scene.board_id, scene.columns[1])
    assert held(scene, scene.columns[1]) == ["One", "Two", "Three"]


def test_where_limits_are_hard_a_full_column_takes_no_cards_and_nothing_is_deleted(
    scene: Scene, cards: list[str]
) -> None:
    edit_column(scene.ann, scene.board_id, scene.columns[2], changes={"wip_limit": 2})
    version = read("SELECT version FROM boards")
    edit_board(scene.ann, scene.board_id, version=version, hard_limits=True)
    with pytest.raises(WipLimitReached, match=r"3 more do not fit\. Nothing was deleted\."):
        delete_column(scene.ann, scene.board_id, scene.columns[1], move_to=scene.columns[2])
    assert held(scene, scene.columns[1]) == ["One", "Two", "Three"]
    catch_up()
    assert_stores_agree()


def test_columns_deleted_one_after_the_other_come_back_in_reverse(
    scene: Scene, cards: list[str]
) -> None:
    first, second, third = scene.columns[1:4]
    delete_column(scene.ann, scene.board_id, first, move_to=second)
    delete_column(scene.ann, scene.board_id, second, move_to=third)
    restore_column(scene.ann, scene.board_id, second)
    restore_column(scene.ann, scene.board_id, first)
    assert held(scene, first) == ["One", "Two", "Three"]


def test_a_column_can_be_deleted_and_restored_again_and_again(
    scene: Scene, cards: list[str]
) -> None:
    for _ in range(3):
        delete_column(scene.ann, scene.board_id, scene.columns[1], with_cards=True)
        restore_column(scene.ann, scene.board_id, scene.columns[1])
        delete_column(scene.ann, scene.board_id, scene.columns[1], move_to=scene.columns[0])
        restore_column(scene.ann, scene.board_id, scene.columns[1])
    assert held(scene, scene.columns[1]) == ["One", "Two", "Three"]
    catch_up()
    assert_stores_agree()


def test_the_same_request_twice_deletes_and_restores_once(scene: Scene, cards: list[str]) -> None:
    board_id, column_id = scene.board_id, scene.columns[1]
    actor = with_op(scene.ann)
    deleted = [delete_column(actor, board_id, column_id, with_cards=True) for _ in range(2)]
    actor = with_op(scene.ann)
    restored = [restore_column(actor, board_id, column_id) for _ in range(2)]
    for first, second in (deleted, restored):
        assert (first.replayed, second.replayed) == (False, True)
        assert first.extra == second.extra
    assert held(scene, column_id) == ["One", "Two", "Three"]


def test_refusals_say_what_is_wrong(scene: Scene, cards: list[str]) -> None:
    board_id, column_id = scene.board_id, scene.columns[1]
    with pytest.raises(InvalidInput, match="another column"):
        delete_column(scene.ann, board_id, column_id, move_to=column_id)
    with pytest.raises(InvalidInput):
        delete_column(scene.ann, board_id, column_id, move_to=cards[0])
    with pytest.raises(NotFound, match="not deleted"):
        restore_column(scene.ann, board_id, column_id)
    with pytest.raises(NotFound):
        restore_column(scene.ann, board_id, cards[0])
    for other in (*scene.columns[2:], scene.columns[0]):
        delete_column(scene.ann, board_id, other)
    with pytest.raises(Conflict, match="at least one column"):
        delete_column(scene.ann, board_id, column_id, with_cards=True)
    assert held(scene, column_id) == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("missing", "choice"),
    [
        (Permission.TASK_DELETE, {"with_cards": True}),
        (Permission.TASK_MOVE, {"move_to": 0}),
        (Permission.BOARD_EDIT, {"with_cards": True}),
    ],
)
def test_who_may_not_move_or_delete_its_cards_may_not_delete_their_column(
    scene: Scene, cards: list[str], missing: Permission, choice: dict[str, object]
) -> None:
    forbid(missing)
    if "move_to" in choice:
        choice = {"move_to": scene.columns[0]}
    with pytest.raises(Forbidden):
        delete_column(scene.bob, scene.board_id, scene.columns[1], **choice)  # type: ignore[arg-type]
    assert held(scene, scene.columns[1]) == ["One", "Two", "Three"]


def test_who_may_not_restore_cards_may_not_restore_their_column(
    scene: Scene, cards: list[str]
) -> None:
    delete_column(scene.ann, scene.board_id, scene.columns[1], with_cards=True)
    forbid(Permission.TASK_RESTORE)
    with pytest.raises(Forbidden):
        restore_column(scene.bob, scene.board_id, scene.columns[1])
    assert "To do" not in names(scene)
    with pytest.raises(NotFound):
        restore_column(Actor(user_id=cards[0]), scene.board_id, scene.columns[1])


def test_after_thirty_days_a_column_stays_deleted(scene: Scene, cards: list[str]) -> None:
    delete_column(scene.ann, scene.board_id, scene.columns[1], with_cards=True)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert list_deleted_columns(scene.board_id) == []
        with pytest.raises(Conflict, match="more than 30 days ago"):
            restore_column(scene.ann, scene.board_id, scene.columns[1])


def test_a_board_with_thirty_columns_has_no_room_for_a_restored_one(scene: Scene) -> None:
    delete_column(scene.ann, scene.board_id, scene.columns[1])
    for number in range(26):
        create_column(scene.ann, scene.board_id, name=f"More {number}", status="todo", hue=1)
    with pytest.raises(Conflict, match="at most 30 columns"):
        restore_column(scene.ann, scene.board_id, scene.columns[1])


def forbid(permission: Permission) -> None:
    """Take a permission from all members of all teams."""
    write(
        "DELETE FROM role_permissions WHERE role = 'member' AND permission_id = :id",
        id=permission.number,
    )


@pytest.mark.parametrize("way", ["moved", "deleted"])
def test_days_stay_days_when_their_column_goes_and_comes_back(scene: Scene, way: str) -> None:
    day = date(2026, 12, 24)
    task_id = scene.add_task("Wrap it", column_id=scene.columns[1], due_at=day, start_at=day)
    there = {"move_to": scene.columns[2]} if way == "moved" else {"with_cards": True}
    delete_column(scene.ann, scene.board_id, scene.columns[1], **there)  # type: ignore[arg-type]
    for _ in range(2):
        row, _ = access_task(scene.ann.user_id, task_id, deleted=True)
        assert (row["due_at"], row["start_at"]) == (day, day)
        if row["column_id"] != scene.columns[1] or row["deleted_at"]:
            restore_column(scene.ann, scene.board_id, scene.columns[1])
    assert state(scene, task_id) == (scene.columns[1], "todo", False)
