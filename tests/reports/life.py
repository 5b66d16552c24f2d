"""A random life of a board in which hours pass, with undos and columns that change what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from taskforge import clock
from taskforge.boards.queries import list_columns
from taskforge.errors import TaskForgeError
from taskforge.tasks import columns as task_columns
from taskforge.tasks import service as tasks
from taskforge.tasks.history.undo import undo_change
from tests.history.life import STATUSES, Life
from tests.stores.scene import read

BEGIN = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # clocks of Europe change on the 29th


class FlowLife(Life):
    """A life that is about the ways of tasks; ``at`` is its present."""

    at = BEGIN

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.at += timedelta(minutes=self.random.choice((0, 1, 47, 300, 900)))
            with self.now():
                self.go_on()

    @contextmanager
    def now(self) -> Iterator[None]:
        with clock.frozen(self.at):
            yield

    def go_on(self) -> None:
        acts: list[tuple[int, Callable[[], object]]] = [
            (5, self.create), (9, self.move_on), (4, self.move), (3, self.edit), (3, self.delete),
            (3, self.restore), (2, self.undo), (1, self.add_column), (1, self.edit_column), (1, self.map_column),
            (1, self.move_column), (1, self.delete_column), (2, self.restore_column), (1, self.comment),
        ]  # fmt: skip
        act = self.random.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
        with suppress(TaskForgeError):
            act()

    def move_on(self) -> None:
        """Move a task to a column that stands for a later status, as most moves do."""
        status = self.random.choice(STATUSES[2:])
        tasks.edit_task(self.scene.bob, self.task(), changes={"status": status})

    def undo(self) -> None:
        task_id = self.task()
        event_id = read(
            "SELECT event_id FROM audit_logs WHERE entity_id = :id ORDER BY log_id DESC LIMIT 1",
            id=task_id,
        )
        undo_change(self.scene.ann, task_id, event_id)

    def map_column(self) -> None:
        """Let an empty column stand for another status."""
        living = list_columns([self.scene.board_id])
        task_columns.edit_column(
            self.scene.ann,
            self.scene.board_id,
            self.random.choice(living)["column_id"],
            changes={"status": self.random.choice(STATUSES)},
        )
