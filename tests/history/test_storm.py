"""A storm of everything that changes tasks, repeated requests among it: afterwards nothing contradicts anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound
from taskforge.history import snapshots
from taskforge.onboarding import service
from taskforge.stores import document_checks, sql
from taskforge.stores.operations import Change
from taskforge.tasks.access import access_task
from taskforge.tasks.board.lanes import KINDS, NONE, VALUE, lane_changes
from taskforge.tasks.bulk.batches import NewTask, create_tasks, undo_batch
from taskforge.tasks.editing import checklist, one_field
from taskforge.tasks.fields import RESTORABLE
from taskforge.tasks.history import undo
from taskforge.tasks.service import edit_task
from taskforge.teams.service import add_member
from tests.history.life import Life, past, present
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import Scene, read, register, set_scene, with_op, write

STEPS = 120


@pytest.fixture
def scene(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(document_checks, "SECOND_LOOK_SECONDS", 0.0)
    with app.app_context():
        yield set_scene()


class Storm(Life):
    """Random changes, each sent twice as one operation: the second time does nothing and answers the same."""

    def __init__(self, scene: Scene, seed: int) -> None:
        super().__init__(scene, seed)
        write("UPDATE boards SET sample_cards = 6")
        self.guest = register("gus")
        add_member(scene.ann, scene.team_id, role="guest", user_id=self.guest.user_id)
        self.done = 0

    def go_on(self) -> None:
        if self.random.random() < 0.4:
            super().go_on()
            return
        act = self.random.choice(
            (self.undo, self.undo, self.restore_value, self.batch, self.undo_batch,
             self.join_lane, self.tick, self.set_field, self.start_empty)
        )  # fmt: skip
        wanted = act()
        if wanted is not None:
            self._try_twice(wanted)

    def undo(self) -> Callable[..., Change] | None:
        fact = self._fact("task.%")
        return fact and (lambda who: undo.undo_change(who, fact["entity_id"], fact["event_id"]))

    def restore_value(self) -> Callable[..., Change] | None:
        fact, field = self._fact("task.%"), self.random.choice(RESTORABLE)
        return fact and (
            lambda who: undo.restore_value(
                who, fact["entity_id"], event_id=fact["event_id"], field=field, version=None
            )
        )

    def batch(self) -> Callable[..., Change]:
        column_id, number = self.column(), self.random.randrange(1, 4)
        new = [NewTask(title=f"One of {number}", texts={"tags": self.tags()})] * number
        return lambda who: create_tasks(
            who, board_id=self.scene.board_id, column_id=column_id, new_tasks=new
        )

    def undo_batch(self) -> Callable[..., Change] | None:
        fact = self._fact("task.%ted")
        return fact and (
            lambda who: undo_batch(who, board_id=self.scene.board_id, event_id=fact["event_id"])
        )

    def start_empty(self) -> Callable[..., Change]:
        return lambda who: service.start_empty(who, board_id=self.scene.board_id)

    def join_lane(self) -> Callable[..., Change] | None:
        task_id, kind, column_id = self.task(), self.random.choice(KINDS), self.column()
        values = {"assignee": self.scene.ann.user_id, "priority": "high", "tag": "paint"}
        lane = self.random.choice((NONE, VALUE + values[kind]))
        with suppress(NotFound, InvalidInput):
            row, _ = access_task(self.scene.ann.user_id, task_id)
            changes = {**lane_changes(kind, lane, row), "column_id": column_id}
            return lambda who: edit_task(who, task_id, changes=changes)
        return None

    def tick(self) -> Callable[..., Change]:
        task_id, item_id = self.task(), self._item()
        return self.random.choice(
            (
                lambda who: checklist.tick_item(who, task_id, item_id, done=True),
                lambda who: checklist.remove_item(who, task_id, item_id),
                lambda who: checklist.add_item(who, task_id, words="One more"),
            )
        )

    def set_field(self) -> Callable[..., Change] | None:
        task_id = self.task()
        field, value = self.random.choice(
            (("title", "Another"), ("column_id", self.column()), ("tags", self.tags()))
        )
        version = read("SELECT version FROM tasks WHERE task_id = :id", id=task_id)
        return lambda who: one_field.edit_field(
            who, task_id, field=field, value=value, version=version
        )

    def _try_twice(self, wanted: Callable[..., Change]) -> None:
        before = self._state()
        with pytest.raises((Forbidden, NotFound, Conflict)):
            wanted(with_op(self.guest))
        assert self._state() == before
        actor = with_op(self.scene.bob)
        try:
            change = wanted(actor)
        except (Conflict, InvalidInput, NotFound):
            assert self._state() == before
            return
        after = self._state()
        if change.event_id is None:
            assert after == before
            return
        self.done += 1
        assert after["facts"] - before["facts"] == after["seq"] - before["seq"] > 0
        assert read(
            "SELECT board_seq FROM audit_logs WHERE event_id = :id", id=change.event_id
        ) == (before["seq"] + 1)
        again = wanted(actor)
        assert again.replayed
        assert (again.event_id, again.version, again.extra) == (
            change.event_id, change.version, change.extra,
        )  # fmt: skip
        assert self._state() == after
        self.tasks += [one for one in change.extra.get("task_ids", ()) if one not in self.tasks]

    def _state(self) -> dict[str, Any]:
        return {
            "facts": read("SELECT count(*) FROM audit_logs WHERE board_id IS NOT NULL"),
            "seq": read("SELECT seq FROM boards"),
            "versions": read("SELECT sum(version) FROM tasks"),
            "operations": read("SELECT count(*) FROM operations"),
        }

    def _fact(self, like: str) -> Any:
        found = sql.rows(
            text(
                "SELECT event_id, entity_id FROM audit_logs WHERE event LIKE :like"
                " AND entity_type = 'task' ORDER BY board_seq DESC LIMIT 40"
            ),
            {"like": like},
        )
        return self.random.choice(found) if found else None

    def _item(self) -> str:
        found = sql.rows(
            text(
                "SELECT item ->> 'item_id' AS id FROM audit_logs,"
                " jsonb_array_elements(new_state -> 'checklist') item"
                " WHERE jsonb_typeof(new_state -> 'checklist') = 'array' ORDER BY log_id LIMIT 60"
            )
        )
        return str(self.random.choice(found)["id"]) if found else self.scene.board_id


@pytest.mark.parametrize("seed", [12])
def test_after_a_storm_of_all_changes_every_store_and_every_moment_agrees(
    scene: Scene, seed: int, hasty: None
) -> None:
    storm, seen = Storm(scene, seed), {}
    for number in range(STEPS):
        storm.go_on()
        seen[read("SELECT seq FROM boards")] = present(scene.ann, scene.board_id)
        if number % 50 == 49:
            snapshots.take_due()
    assert storm.done > STEPS // 6
    for seq, board in seen.items():
        assert past(scene.ann, scene.board_id, seq) == board, f"seed {seed}, step {seq}"
    catch_up()
    assert_stores_agree()
    assert (
        read(
            "SELECT count(*) FILTER (WHERE board_seq IS NULL) + max(board_seq) - count(*)"
            " FROM audit_logs WHERE board_id IS NOT NULL"
        )
        == 0
    )
