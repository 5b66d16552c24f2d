"""How an export is written: by a relay that is killed, late, in vain, and in bounded memory."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from taskforge import clock
from taskforge.leaving import export_jobs
from taskforge.leaving.export_jobs import has_due, write_due
from taskforge.leaving.exports import list_exports
from taskforge.stores import mongo, sql
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from tests.stores.conftest import Doomed, catch_up
from tests.stores.exporting import all_of, ask, opened
from tests.stores.scene import Scene, read, write

COPIES = """
    INSERT INTO tasks
    SELECT (jsonb_populate_record(k, jsonb_build_object('task_id', gen_random_uuid(), 'number', k.number + n))).*
    FROM   tasks k, generate_series(CAST(:first AS int), CAST(:last AS int)) n
    WHERE  k.task_id = :id
"""
HOW_FAR = "SELECT concat_ws(' ', parts, section, cursor) FROM account_exports"


@pytest.fixture
def many(scene: Scene) -> int:
    """Tasks of Bob's in several files of an archive."""
    for number in range(3):
        new = [NewTask(title=f"Task {number}.{each}") for each in range(50)]
        create_tasks(scene.bob, board_id=scene.board_id, column_id=scene.columns[0], new_tasks=new)
    catch_up()
    return 150


@pytest.mark.crash
def test_a_killed_relay_is_followed_by_one_that_goes_on(
    scene: Scene, doomed: Doomed, many: int
) -> None:
    export_id = ask(scene.bob)
    killed = 0
    while read("SELECT finished_at IS NULL FROM account_exports"):
        write("UPDATE account_exports SET retry_at = '-infinity'")
        before = read(HOW_FAR)
        doomed.die_at("export.part_written", "write export")
        assert read(HOW_FAR) != before
        killed += 1
    assert killed >= 8
    titles = sorted(task["title"] for task in all_of(opened(scene.bob, export_id), "tasks"))
    assert len(titles) == len(set(titles)) == many


@pytest.mark.crash
def test_nobody_takes_over_from_a_relay_that_lives(scene: Scene, doomed: Doomed) -> None:
    ask(scene.bob)
    doomed.die_at("export.part_written", "write export")
    assert write_due() == 0
    assert not has_due(clock.now())
    assert has_due(clock.now() + timedelta(seconds=61))


def test_progress_rises_and_a_job_that_is_out_of_time_goes_on_later(
    scene: Scene, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_jobs, "FILE_RECORDS", 50)
    export_id = ask(scene.bob)
    steps = []
    step = export_jobs._step

    def watched(export: dict[str, Any]) -> None:
        step(export)
        (shown,) = list_exports(scene.bob.user_id)
        steps.append(shown.percent)

    monkeypatch.setattr(export_jobs, "_step", watched)
    write_due()
    assert steps == sorted(steps)
    assert {30, 60, 90} <= set(steps)
    assert steps[-1] == 100
    files = opened(scene.bob, export_id)
    assert len([name for name in files if name.startswith("tasks-")]) >= 3


def test_an_export_that_never_succeeds_is_given_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_export: dict[str, Any]) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(export_jobs, "_step", broken)
    ask(scene.bob)
    for _ in range(export_jobs.MAX_ATTEMPTS + 1):
        write("UPDATE account_exports SET retry_at = '-infinity'")
        write_due()
    (shown,) = list_exports(scene.bob.user_id)
    assert shown.state == "failed"


@pytest.mark.slow
def test_ten_thousand_tasks_take_bounded_memory(scene: Scene) -> None:
    task_id = scene.add_task(
        "First", assignee_id=scene.bob.user_id, texts={"description": "x" * 2000}
    )
    catch_up()
    for first in range(1, 10_000, 100):
        write(COPIES, id=task_id, first=first, last=first + 99)
    copy_documents(task_id)
    export_id = ask(scene.bob)
    tracemalloc.start()
    while read("SELECT finished_at IS NULL FROM account_exports"):
        write("UPDATE account_exports SET retry_at = '-infinity'")
        write_due()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12_000_000
    assert len(all_of(opened(scene.bob, export_id), "tasks")) == 10_001


def copy_documents(task_id: str) -> None:
    """Give every task that has no document one like this task's."""
    tasks = mongo.collection("tasks")
    model = tasks.find_one({"_id": task_id})
    assert model is not None
    ids = [row["task_id"] for row in sql.rows(text("SELECT task_id FROM tasks"))]
    others = [one for one in ids if one != task_id]
    for start in range(0, len(others), 100):
        tasks.insert_many([{**model, "_id": one} for one in others[start : start + 100]])
