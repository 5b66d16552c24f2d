"""Deleting and restoring at the same moment: one comes first, nothing is lost, and the stores agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from flask import Flask

from taskforge.boards.service import delete_board, restore_board
from taskforge.comments.service import create_comment, delete_comment, restore_comment
from taskforge.errors import Conflict, InvalidInput, NotFound, StaleVersion
from taskforge.history.past_board import get_past_board
from taskforge.stores.operations import Change
from taskforge.tasks.bulk.column_deletion import delete_column, restore_column
from taskforge.tasks.service import create_task, delete_task, move_task
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import Scene, read
from tests.together import at_once_inside

Together = Callable[[Sequence[Callable[[], Any]]], list[Any]]
TURNS = 4


@pytest.fixture
def together(app: Flask, scene: Scene) -> Together:
    """Run services at the same moment; their answers or refusals, in order."""
    return partial(at_once_inside, app)


def kinds(answers: list[Any]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def test_of_two_who_restore_one_does_and_the_other_is_told(
    scene: Scene, together: Together
) -> None:
    task_id = scene.add_task()
    comment_id = create_comment(scene.ann, task_id, content="Words").entity_id
    column_id = scene.columns[1]
    scene.add_task("Along", column_id=column_id)
    for _ in range(TURNS):
        delete_comment(scene.ann, comment_id)
        delete_column(scene.ann, scene.board_id, column_id, with_cards=True)
        for act in (
            partial(restore_comment, scene.ann, comment_id),
            partial(restore_column, scene.ann, scene.board_id, column_id),
        ):
            answers = together([act, act])
            assert kinds(answers) in (["Change", "NotFound"], ["Change", "StaleVersion"]), answers
        delete_board(scene.ann, scene.board_id)
        act = partial(restore_board, scene.ann, scene.board_id)
        assert kinds(together([act, act])) == ["Change", "NotFound"]
    assert read("SELECT comment_count FROM tasks WHERE task_id = :id", id=task_id) == 1
    assert read("SELECT count(*) FROM tasks WHERE deleted_at IS NULL") == 2
    catch_up()
    assert_stores_agree()


def test_a_restoration_against_a_deletion_leaves_one_of_both(
    scene: Scene, together: Together
) -> None:
    task_id = scene.add_task()
    comment_id = create_comment(scene.ann, task_id, content="Words").entity_id
    column_id = scene.columns[1]
    allowed = (Change, NotFound, StaleVersion)
    for number in range(TURNS):
        if number:
            quietly(lambda: delete_comment(scene.ann, comment_id))
            quietly(lambda: delete_column(scene.ann, scene.board_id, column_id))
        answers = together(
            [
                partial(restore_comment, scene.ann, comment_id),
                partial(delete_comment, scene.ann, comment_id),
                partial(restore_column, scene.ann, scene.board_id, column_id),
                partial(delete_column, scene.ann, scene.board_id, column_id),
            ]
        )
        assert all(isinstance(answer, allowed) for answer in answers), answers
    gone = read("SELECT deleted_at IS NOT NULL FROM comments WHERE comment_id = :id", id=comment_id)
    assert read("SELECT comment_count FROM tasks WHERE task_id = :id", id=task_id) == (not gone)
    catch_up()
    assert_stores_agree()


@pytest.mark.parametrize("way", ["move", "trash"])
def test_a_card_that_moves_into_a_column_while_it_is_deleted_is_not_lost(
    scene: Scene, together: Together, way: str
) -> None:
    column_id, target = scene.columns[1], scene.columns[2]
    choice: dict[str, Any] = {"move_to": target} if way == "move" else {"with_cards": True}
    outcomes: Counter[str] = Counter()
    for number in range(TURNS * 2):
        inside = scene.add_task(f"Inside {number}", column_id=column_id)
        coming = scene.add_task(f"Coming {number}", column_id=scene.columns[0])
        made, moved, created = together(
            [
                partial(delete_column, scene.ann, scene.board_id, column_id, **choice),
                partial(move_task, scene.bob, coming, column_id=column_id),
                partial(
                    create_task,
                    scene.bob,
                    board_id=scene.board_id,
                    title="New",
                    column_id=column_id,
                ),
            ]
        )
        assert isinstance(made, Change), made
        assert isinstance(moved, (Change, InvalidInput)), moved
        assert isinstance(created, (Change, InvalidInput)), created
        outcomes["first" if isinstance(moved, Change) else "late"] += 1
        alone = "SELECT count(*) FROM tasks k JOIN columns c USING (column_id)"
        assert read(f"{alone} WHERE c.deleted_at IS NOT NULL AND k.deleted_at IS NULL") == 0
        restore_column(scene.ann, scene.board_id, column_id)
        back = "SELECT count(*) FROM tasks WHERE task_id = ANY(CAST(:ids AS uuid[])) AND column_id = :id"
        came = [inside, coming] if isinstance(moved, Change) else [inside]
        assert read(back, ids=came, id=column_id) == len(came)
    assert sum(outcomes.values()) == TURNS * 2
    catch_up()
    assert_stores_agree()


def test_two_who_delete_the_same_column_delete_it_once(scene: Scene, together: Together) -> None:
    column_id = scene.columns[1]
    task_id = scene.add_task(column_id=column_id)
    answers = together(
        [
            partial(delete_column, scene.ann, scene.board_id, column_id, with_cards=True),
            partial(delete_column, scene.bob, scene.board_id, column_id, move_to=scene.columns[2]),
        ]
    )
    assert kinds(answers) == ["Change", "NotFound"]
    restore_column(scene.ann, scene.board_id, column_id)
    assert read("SELECT column_id FROM tasks WHERE task_id = :id", id=task_id) == column_id
    catch_up()
    assert_stores_agree()


def test_the_columns_of_each_other_are_deleted_only_one(scene: Scene, together: Together) -> None:
    """Each moves its cards into the column that the other deletes."""
    left, right = scene.columns[1:3]
    task_ids = [scene.add_task("Left", column_id=left), scene.add_task("Right", column_id=right)]
    answers = together(
        [
            partial(delete_column, scene.ann, scene.board_id, left, move_to=right),
            partial(delete_column, scene.bob, scene.board_id, right, move_to=left),
        ]
    )
    assert kinds(answers) == ["Change", "InvalidInput"]
    living = (
        "SELECT count(*) FROM tasks k JOIN columns c USING (column_id) WHERE c.deleted_at IS NULL"
    )
    assert read(living) == len(task_ids)


def test_a_comment_and_its_task_deleted_and_restored_at_once(
    scene: Scene, together: Together
) -> None:
    for _ in range(TURNS):
        task_id = scene.add_task()
        comment_id = create_comment(scene.ann, task_id, content="Words").entity_id
        delete_comment(scene.ann, comment_id)
        answers = together(
            [
                partial(restore_comment, scene.ann, comment_id),
                partial(delete_task, scene.bob, task_id),
            ]
        )
        assert isinstance(answers[0], (Change, NotFound, Conflict)), answers
        live = "SELECT count(*) FROM comments WHERE comment_id = :id AND deleted_at IS NULL"
        assert read(live, id=comment_id) == isinstance(answers[0], Change)
    catch_up()
    assert_stores_agree()
    seq = read("SELECT seq FROM boards")
    assert get_past_board(scene.ann, scene.board_id, seq=seq).step.is_now


def quietly(act: Callable[[], Any]) -> None:
    """Do something that may be done already."""
    try:
        act()
    except NotFound:
        return
