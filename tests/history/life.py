"""A random life of a board, and the board as its page and as its past show it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

from taskforge.boards import columns as board_columns
from taskforge.boards.queries import list_columns
from taskforge.boards.service import delete_board, edit_board, restore_board
from taskforge.comments.service import create_comment, delete_comment, edit_comment, restore_comment
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.history.past_board import card_row, get_past_board
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.tasks import columns as task_columns
from taskforge.tasks import service as tasks
from taskforge.tasks.board.queries import get_board
from taskforge.tasks.bulk import column_deletion
from taskforge.web.boards.cards import show_card
from tests.stores.scene import Scene, read

STATUSES = ("backlog", "todo", "in_progress", "in_review", "done")
COLUMN = ("column_id", "name", "status", "hue", "wip_limit", "rank", "task_count", "shown_count")
Shown = dict[str, Any]


def present(actor: Actor, board_id: str) -> Shown:
    """The board as its page shows it; with initials, as the past does: a picture is of today."""
    view = get_board(actor, board_id)
    rows = [{**row, "assignee_picture": None} for row in view.cards]
    return {
        "name": view.row["name"],
        "columns": [{name: column[name] for name in COLUMN} for column in view.columns],
        "cards": [(row["column_id"], row["rank"], show_card(row, "/")) for row in rows],
    }


def past(actor: Actor, board_id: str, seq: int | None = None) -> Shown:
    """The same from the audit log."""
    found = get_past_board(actor, board_id, seq=seq)
    cards = [card for column in found.columns for card in found.cards[column["column_id"]]]
    return {
        "name": found.state.name,
        "columns": [{name: column[name] for name in COLUMN} for column in found.columns],
        "cards": [
            (card["column_id"], card["rank"], show_card(card_row(found, card), "/"))
            for card in cards
        ],
    }


class Life:
    """Random changes through the services. What is refused did not happen."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.random = scene, Random(seed)
        self.tasks: list[str] = [scene.add_task("First")]
        self.comments: list[str] = []
        self.deleted_columns: list[str] = []

    def go_on(self) -> None:
        acts: list[tuple[int, Callable[[], object]]] = [
            (4, self.create), (5, self.move), (4, self.edit), (2, self.delete), (2, self.restore),
            (3, self.comment), (1, self.edit_comment), (2, self.delete_comment), (1, self.add_column),
            (2, self.edit_column), (2, self.move_column), (1, self.delete_column), (1, self.rename),
            (2, self.restore_comment), (2, self.restore_column), (1, self.restore_board),
        ]  # fmt: skip
        act = self.random.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
        with suppress(Conflict, InvalidInput, NotFound):
            act()

    def create(self) -> None:
        made = self.scene.add_task(
            f"Card {len(self.tasks)}",
            column_id=self.column(),
            priority=self.random.choice(("low", "medium", "urgent")),
            assignee_id=self.random.choice((None, self.scene.bob.user_id)),
            due_at=self.random.choice((None, datetime(2026, 12, 24, 15, 30, tzinfo=UTC))),
            texts={"tags": self.tags(), "checklist": self.checklist(), "description": "Words"},
        )
        self.tasks.append(made)

    def edit(self) -> None:
        changes: dict[str, Any] = {
            "title": f"Title {self.random.randrange(99)}",
            "priority": self.random.choice(("low", "medium", "high")),
            "assignee_id": self.random.choice((None, self.scene.ann.user_id)),
            "due_at": self.random.choice((None, datetime(2027, 1, 1, tzinfo=UTC))),
            "status": self.random.choice(STATUSES),
            "tags": self.tags(),
            "checklist": self.checklist(),
            "description": f"Text {self.random.randrange(9)}",
            "custom_fields": [{"k": "size", "v": self.random.randrange(9)}],
        }
        chosen = self.random.sample(sorted(changes), self.random.randrange(1, 4))
        tasks.edit_task(
            self.scene.bob, self.task(), changes={name: changes[name] for name in chosen}
        )

    def move(self) -> None:
        neighbour = self.random.choice((None, self.task()))
        tasks.move_task(self.scene.bob, self.task(), column_id=self.column(), before_id=neighbour)

    def delete(self) -> None:
        tasks.delete_task(self.scene.ann, self.task())

    def restore(self) -> None:
        tasks.restore_task(self.scene.ann, self.task())

    def comment(self) -> None:
        made = create_comment(self.scene.bob, self.task(), content="Well said")
        self.comments.append(made.entity_id)

    def edit_comment(self) -> None:
        if self.comments:
            edit_comment(self.scene.bob, self.random.choice(self.comments), content="Better said")

    def delete_comment(self) -> None:
        if self.comments:
            delete_comment(self.scene.bob, self.random.choice(self.comments))

    def restore_comment(self) -> None:
        if self.comments:
            restore_comment(self.scene.bob, self.random.choice(self.comments))

    def add_column(self) -> None:
        board_columns.create_column(
            self.scene.ann, self.scene.board_id, name="More", status="todo", hue=6, wip_limit=4
        )

    def edit_column(self) -> None:
        limit = self.random.choice((None, 2, 9))
        task_columns.edit_column(
            self.scene.ann,
            self.scene.board_id,
            self.column(),
            changes={"name": f"Step {self.random.randrange(9)}", "hue": 2, "wip_limit": limit},
        )

    def move_column(self) -> None:
        after = self.random.choice((None, self.column()))
        board_columns.move_column(
            self.scene.ann, self.scene.board_id, self.column(), after_id=after
        )

    def delete_column(self) -> None:
        number = read("SELECT count(*) FROM columns WHERE deleted_at IS NULL")
        if number < 3:
            return
        column_id, with_cards = self.column(), self.random.random() < 0.5
        column_deletion.delete_column(
            self.scene.ann,
            self.scene.board_id,
            column_id,
            move_to=None if with_cards else self.column(),
            with_cards=with_cards,
        )
        self.deleted_columns.append(column_id)

    def restore_column(self) -> None:
        if self.deleted_columns:
            column_id = self.random.choice(self.deleted_columns)
            column_deletion.restore_column(self.scene.ann, self.scene.board_id, column_id)

    def restore_board(self) -> None:
        delete_board(self.scene.ann, self.scene.board_id)
        restore_board(self.scene.ann, self.scene.board_id)

    def rename(self) -> None:
        version = read("SELECT version FROM boards WHERE board_id = :id", id=self.scene.board_id)
        name = f"Garden {self.random.randrange(99)}"
        edit_board(self.scene.ann, self.scene.board_id, version=version, name=name)

    def task(self) -> str:
        return self.random.choice(self.tasks)

    def column(self) -> str:
        living = list_columns([self.scene.board_id])
        return str(self.random.choice(living)["column_id"])

    def tags(self) -> list[str]:
        return self.random.sample(["wood", "paint", "urgent"], self.random.randrange(3))

    def checklist(self) -> list[Shown]:
        return [
            {"item_id": new_id(), "text": "A line", "done": self.random.random() < 0.5}
            for _ in range(self.random.randrange(4))
        ]
