"""Replaying the audit log gives the board: now, and at every moment before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.admin import maintenance
from taskforge.comments.service import create_comment
from taskforge.demo import player, scenario
from taskforge.history import snapshots
from taskforge.history.replay import ReplayedBoard, replay
from taskforge.stores import sql
from taskforge.tasks import service as tasks
from tests.factories import PASSWORD
from tests.history.life import Life, past, present
from tests.stores.scene import Scene, read, set_scene

STEPS = 160


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        yield set_scene()


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
        scene = player.set_up(PASSWORD, end)
        player.play(scene, scenario.write_scenario(1, end, share=0.1), done=lambda: None)
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
    assert replay(ReplayedBoard(), facts) == ReplayedBoard(seq=5, name="Old")


def test_a_purged_card_is_in_no_moment_and_in_no_snapshot(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "EVENTS_BETWEEN", 3)
    scene.add_task("Stays")
    secret = scene.add_task("Secret plan", texts={"description": "Very secret"})
    create_comment(scene.bob, secret, content="Also secret")
    tasks.delete_task(scene.ann, secret)
    assert snapshots.take_due() > 0
    assert read("SELECT count(*) FROM board_snapshots WHERE state::text LIKE '%Secret plan%'") > 0
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert maintenance.empty_trash() == 1
    for _ in range(2):  # at once, and with the snapshots that are taken anew
        for seq in range(1, read("SELECT seq FROM boards") + 1):
            titles = [card.title for _, _, card in past(scene.ann, scene.board_id, seq)["cards"]]
            assert titles == (["Stays"] if seq > 1 else [])
        snapshots.take_due()
    assert read("SELECT count(*) FROM board_snapshots") > 0
    assert read("SELECT count(*) FROM board_snapshots WHERE state::text ILIKE '%secret%'") == 0


def test_a_snapshot_may_be_lost_at_any_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "EVENTS_BETWEEN", 4)
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
