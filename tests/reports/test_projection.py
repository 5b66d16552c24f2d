"""The ways of tasks that the relay keeps: made in any order of crashes, by any number of relays, and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.admin import doctor_probes
from taskforge.admin.maintenance import chores, empty_trash
from taskforge.boards.service import delete_board
from taskforge.reports import projection
from taskforge.reports.catalogue import REPORTS, report_of_board
from taskforge.stores import sql
from taskforge.stores.invariants import check
from taskforge.tasks import service as tasks
from tests.reports.life import BEGIN, FlowLife
from tests.stores.scene import read, set_scene, write
from tests.together import at_once_inside


@pytest.fixture
def life(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlowLife]:
    """A life of which nothing has been read, and of which pages hold little."""
    monkeypatch.setattr(projection, "EVENTS_PER_PAGE", 7)
    with app.app_context(), clock.frozen(BEGIN):
        life = FlowLife(set_scene(), 4)
        life.live(60)
        yield life


def stored() -> Sequence[Any]:
    return sql.rows(text("SELECT * FROM task_transitions ORDER BY board_id, task_id, seq"))


def keep_all() -> None:
    while projection.has_due():
        projection.keep_transitions(seconds=60)


def test_any_number_of_relays_that_die_at_any_page_make_the_same_rows(
    life: FlowLife, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert projection.make_again(life.scene.board_id)
    whole = stored()
    write("DELETE FROM task_transitions")
    write("DELETE FROM transition_progress")

    noted, note, died = [0], projection._note, ConnectionError("killed before COMMIT")

    def die_now_and_then(*given: Any) -> None:
        note(*given)
        noted[0] += 1
        if noted[0] % 3 == 0:
            raise died

    with monkeypatch.context() as patched:
        patched.setattr(projection, "_note", die_now_and_then)
        with pytest.raises(ConnectionError):
            keep_all()
    assert 0 < len(stored()) < len(whole)
    at_once_inside(app, [keep_all, keep_all])
    assert stored() == whole
    assert not projection.has_due()


def test_the_doctor_finds_what_is_wrong_and_mends_it(life: FlowLife) -> None:
    keep_all()
    good = stored()
    write("UPDATE task_transitions SET status = 'todo', left_at = NULL WHERE status = 'done'")
    write("DELETE FROM task_transitions WHERE seq = (SELECT min(seq) FROM task_transitions)")
    (found,) = check("I22", doctor_probes.probes())
    assert found.entity == f"board {life.scene.board_id}"
    doctor_probes.remedies()["make ways again"]([found])
    assert check("I22", doctor_probes.probes()) == []
    assert stored() == good


def test_a_rebuild_makes_every_board_again_and_an_interrupted_one_is_gone_on_with(
    life: FlowLife, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskforge.admin.report_command.raise_timeouts", lambda: None)
    keep_all()
    good = stored()
    write("UPDATE task_transitions SET status = 'todo'")
    projection.mark_stale(None)  # and the process was killed
    assert read("SELECT bool_and(is_stale) FROM transition_progress")
    runner = app.test_cli_runner()
    told = runner.invoke(args=["taskforge", "rebuild-reports", "--resume"])
    assert (told.exit_code, told.output.splitlines()[-1]) == (0, "All boards are read.")
    assert stored() == good
    write("UPDATE task_transitions SET status = 'todo'")
    assert runner.invoke(args=["taskforge", "rebuild-reports"]).exit_code == 0
    assert stored() == good


def test_a_rebuild_that_is_wanted_while_a_page_is_read_is_not_forgotten(
    life: FlowLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_all()
    good = stored()
    life.scene.add_task("New")
    write("UPDATE task_transitions SET status = 'todo'")
    rows = sql.rows

    def mark_behind(*given: Any) -> Any:
        found = rows(*given)
        projection.mark_stale(None)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(sql, "rows", mark_behind)
        projection.keep_transitions(seconds=60)
    keep_all()
    assert [row for row in stored() if row in good] == list(good)


def test_a_report_is_of_one_moment_though_the_relay_goes_on_while_it_is_read(
    life: FlowLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = life.scene.add_task("Moved meanwhile")
    keep_all()
    life.at += timedelta(hours=1)
    before, records = flow(life), sql.records

    def read_late(*given: Any) -> Any:
        monkeypatch.setattr(sql, "records", records)
        with clock.frozen(life.at - timedelta(minutes=1)):
            tasks.edit_task(
                life.scene.ann, task_id, changes={"assignee_id": life.scene.ann.user_id}
            )
        keep_all()
        return records(*given)

    monkeypatch.setattr(sql, "records", read_late)
    assert flow(life) == before


def test_the_relay_does_it_and_a_purged_board_is_forgotten(life: FlowLife) -> None:
    assert "keep the ways of tasks" in {chore.name for chore in chores()}
    task_id = life.scene.add_task("Soon gone")
    tasks.delete_task(life.scene.ann, task_id)
    keep_all()
    before = figures(life)
    delete_board(life.scene.ann, life.scene.board_id)
    with clock.frozen(BEGIN + timedelta(days=99)):
        # One task of the board is purged, then all, then the board.
        empty_trash()
        keep_all()
        while read("SELECT count(*) FROM boards WHERE deleted_at IS NOT NULL"):
            empty_trash()
    assert before["created"] > 0
    assert read("SELECT count(*) FROM task_transitions") == 0
    assert read("SELECT count(*) FROM transition_progress WHERE seq > 1") == 0


def test_emptying_the_trash_changes_no_figure(life: FlowLife) -> None:
    task_id = life.scene.add_task("Done and gone", column_id=life.scene.columns[4])
    tasks.delete_task(life.scene.ann, task_id)
    life.at += timedelta(days=40)
    before = figures(life)
    with life.now():
        while read(
            "SELECT count(*) FROM tasks WHERE deleted_at < :at", at=life.at - timedelta(days=31)
        ):
            empty_trash()
    assert read("SELECT count(*) FROM audit_logs WHERE event = 'task.purged'") > 0
    assert figures(life) == before
    keep_all()
    assert figures(life) == before
    assert check("I22", doctor_probes.probes()) == []


def flow(life: FlowLife) -> dict[str, Any]:
    with life.now():
        report = REPORTS["cumulative-flow"]
        return report_of_board(life.scene.ann, report, life.scene.board_id, {}).figures


def figures(life: FlowLife) -> dict[str, Any]:
    with life.now():
        given = {"from": "2026-03-01", "to": "2026-04-30"}
        return report_of_board(
            life.scene.ann, REPORTS["created-done"], life.scene.board_id, given
        ).figures
