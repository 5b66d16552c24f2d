"""Replaying the audit log gives the board: now, and at every moment before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.admin import upkeep
from taskforge.boards import columns as board_columns
from taskforge.boards.service import edit_board, list_columns
from taskforge.comments.service import create_comment, delete_comment, edit_comment
from taskforge.demo import stage, story
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks import service as tasks
from taskforge.tasks.board_views import get_board
from taskforge.tasks.cards import show_card
from taskforge.travel import snapshots
from taskforge.travel.replay import BoardState, replay
from taskforge.travel.views import card_row, get_past_board
from tests.factories import PASSWORD
from tests.stores.scene import Scene, read, set_scene

STEPS = 160
STATUSES = ("backlog", "todo", "in_progress", "in_review", "done")
COLUMN = ("column_id", "name", "status", "hue", "wip_limit", "rank", "task_count", "shown_count")

Shown = dict[str, Any]


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        yield set_scene()


def present(actor: Actor, board_id: str) -> Shown:
    """The board as its page shows it."""
    view = get_board(actor, board_id)
    return {
        "name": view.row["name"],
        "columns": [{name: column[name] for name in COLUMN} for column in view.columns],
        "cards": [(row["column_id"], row["rank"], show_card(row, "/")) for row in view.cards],
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

    def go_on(self) -> None:
        acts: list[tuple[int, Callable[[], object]]] = [
            (4, self.create), (5, self.move), (4, self.edit), (2, self.delete), (2, self.restore),
            (3, self.comment), (1, self.edit_comment), (2, self.delete_comment), (1, self.add_column),
            (2, self.edit_column), (2, self.move_column), (1, self.delete_column), (1, self.rename),
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

    def add_column(self) -> None:
        board_columns.create_column(
            self.scene.ann, self.scene.board_id, name="More", status="todo", hue=6, wip_limit=4
        )

    def edit_column(self) -> None:
        limit = self.random.choice((None, 2, 9))
        board_columns.edit_column(
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
        board_columns.delete_column(self.scene.ann, self.scene.board_id, self.column())

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


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_moment_of_a_random_life_is_replayed_as_it_was(
    scene: Scene, seed: int, hasty: None
) -> None:
    life, seen = Life(scene, seed), {}
    for number in range(STEPS):
        life.go_on()
        seen[read("SELECT seq FROM boards")] = present(scene.ann, scene.board_id)
        if number == STEPS // 2:
            assert snapshots.take_due() > 0
    assert len(seen) > STEPS // 2
    assert past(scene.ann, scene.board_id) == present(scene.ann, scene.board_id)
    for seq, board in seen.items():
        assert past(scene.ann, scene.board_id, seq) == board, f"seed {seed}, step {seq}"
    assert read("SELECT count(*) FROM audit_logs WHERE new_state ? 'spread_ranks'") > 0


def test_the_demo_replayed_is_the_demo(app: Flask) -> None:
    end = datetime(2026, 11, 1, tzinfo=UTC)
    with app.app_context():
        scene = stage.set_up(PASSWORD, end)
        stage.act(scene, story.tell(1, end, share=0.1), done=lambda: None)
        for board_id in scene.boards:
            actor = scene.people[0]
            assert past(actor, board_id) == present(actor, board_id)


def test_facts_that_say_too_little_or_too_much_are_survived() -> None:
    odd = [
        {"event": "board.created", "new_state": {"name": "Old"}},
        {"event": "task.edited", "new_state": {"title": "Of a card that nobody created"}},
        {"event": "board.column_edited", "new_state": {"column_id": "gone", "name": "New"}},
        {"event": "comment.created", "new_state": None},
        {"event": "something.else", "new_state": {"undoes": "x"}},
    ]
    facts = [
        {
            "entity_type": fact["event"].partition(".")[0],
            "entity_id": "an id",
            "entity_version": None,
            "board_seq": number,
            **fact,
        }
        for number, fact in enumerate(odd, start=1)
    ]
    assert replay(BoardState(), facts) == BoardState(seq=5, name="Old")


def test_a_purged_card_is_in_no_moment_and_in_no_snapshot(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "FACTS_BETWEEN", 3)
    scene.add_task("Stays")
    secret = scene.add_task("Secret plan", texts={"description": "Very secret"})
    create_comment(scene.bob, secret, content="Also secret")
    tasks.delete_task(scene.ann, secret)
    assert snapshots.take_due() > 0
    assert read("SELECT count(*) FROM board_snapshots WHERE state::text LIKE '%Secret plan%'") > 0
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert upkeep.empty_trash() == 1
    for _ in range(2):  # at once, and with the snapshots that are taken anew
        for seq in range(1, read("SELECT seq FROM boards") + 1):
            titles = [card.title for _, _, card in past(scene.ann, scene.board_id, seq)["cards"]]
            assert titles == (["Stays"] if seq > 1 else [])
        snapshots.take_due()
    assert read("SELECT count(*) FROM board_snapshots") > 0
    assert read("SELECT count(*) FROM board_snapshots WHERE state::text ILIKE '%secret%'") == 0


def test_a_snapshot_may_be_lost_at_any_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "FACTS_BETWEEN", 4)
    for number in range(20):
        scene.add_task(f"Card {number}")
    assert snapshots.take_due() == 5
    assert snapshots.take_due() == 0
    with_all = [past(scene.ann, scene.board_id, seq) for seq in range(1, 22)]
    for seq in (20, 8):
        with sql.transaction() as connection:
            connection.execute(
                text("DELETE FROM board_snapshots WHERE board_seq = :seq"), {"seq": seq}
            )
        assert [past(scene.ann, scene.board_id, seq) for seq in range(1, 22)] == with_all
    assert snapshots.take_due() == 1
