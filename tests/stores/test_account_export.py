"""Exports of what is somebody's own: what is in them, a relay that is killed, and what they cost."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.picture_service import change_picture
from taskforge.admin.maintenance import drop_expired
from taskforge.attachments.changes import delete_attachment
from taskforge.boards.board_people import limit_guest
from taskforge.boards.service import create_team, edit_board
from taskforge.comments.service import create_comment
from taskforge.errors import NotFound, RateLimited
from taskforge.leaving import export_jobs
from taskforge.leaving.export_jobs import has_due, write_due
from taskforge.leaving.exports import list_exports, next_export_at, open_export, request_export
from taskforge.messaging import breaker as breakers
from taskforge.notifications.reminders import add_reminder
from taskforge.notifications.watching import mute_board, watch_task
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from taskforge.tasks.service import create_task
from taskforge.teams.service import change_role, remove_member
from tests.attachments.files import HELLO, attach
from tests.pictures import halves
from tests.pictures import opened as picture_in
from tests.stores.conftest import Doomed, assert_stores_agree, catch_up
from tests.stores.scene import Scene, read, with_op, write
from tests.together import at_once_inside

COPIES = """
    INSERT INTO tasks
    SELECT (jsonb_populate_record(k, jsonb_build_object('task_id', gen_random_uuid(), 'number', k.number + n))).*
    FROM   tasks k, generate_series(CAST(:first AS int), CAST(:last AS int)) n
    WHERE  k.task_id = :id
"""


def ask(person: Actor) -> str:
    return str(request_export(person).extra["export_id"])


def opened(person: Actor, export_id: str) -> dict[str, Any]:
    """The files of a finished archive by name; read by the standard library, which checks each CRC-32."""
    download = open_export(person, export_id)
    archive = b"".join(download.pieces)
    assert len(archive) == download.size
    with zipfile.ZipFile(io.BytesIO(archive)) as unpacked:
        assert unpacked.testzip() is None
        read = {name: unpacked.read(name) for name in unpacked.namelist()}
    return {
        name: json.loads(content) if name.endswith(".json") else content
        for name, content in read.items()
    }


def all_of(files: dict[str, Any], section: str) -> list[Any]:
    """The records of a section, from all of its files."""
    names = sorted(name for name in files if name.partition(".")[0].partition("-")[0] == section)
    return [record for name in names for record in files[name]]


def test_an_export_holds_all_that_is_mine_and_nothing_else(scene: Scene) -> None:
    mine = create_task(
        scene.bob, board_id=scene.board_id, title="Dig", texts={"description": "Über Äpfel"}
    ).entity_id
    assigned = scene.add_task("Water", assignee_id=scene.bob.user_id)
    scene.add_task("Not Bob's")
    create_comment(scene.bob, assigned, content="On it")
    create_comment(scene.ann, assigned, content="Thanks, **said Ann**")
    watch_task(scene.bob, assigned)
    mute_board(scene.bob, scene.board_id)
    add_reminder(scene.bob, mine, at=clock.now() + timedelta(days=1))
    catch_up()
    export_id = ask(scene.bob)
    assert write_due() == 1
    files = opened(scene.bob, export_id)
    assert files["about.json"]["format"] == "taskforge-export"
    (profile,) = files["profile.json"]
    assert profile["email"] == read(
        "SELECT email FROM users WHERE user_id = :id", id=scene.bob.user_id
    )
    assert profile["profile"]["first_name"] == "Bob"
    assert [(one["name"], one["role"]) for one in files["teams.json"]] == [("Garden", "member")]
    tasks = {task["taskId"]: task for task in all_of(files, "tasks")}
    assert tasks.keys() == {mine, assigned}
    assert tasks[mine]["description"] == "Über Äpfel"
    assert tasks[mine]["boardName"] == tasks[assigned]["boardName"]
    assert [one["content"] for one in all_of(files, "comments")] == ["On it"]
    kinds = {one["kind"] for one in all_of(files, "notifications")}
    assert kinds == {"added_to_team", "assigned", "commented"}
    events = [one["event"] for one in all_of(files, "events") if one["byMe"]]
    assert {"user.registered", "task.created", "comment.created"} <= set(events)
    whole = json.dumps(files)
    assert "said Ann" not in whole
    assert "password_hash" not in whole
    assert [one["choice"] for one in all_of(files, "watching")] == ["muted", "watching"]
    assert [one["taskId"] for one in all_of(files, "reminders")] == [mine]
    told = (
        "SELECT count(*) FROM notification_intents WHERE event_id = :id AND kind = 'report_ready'"
    )
    assert read(told, id=export_id) == 1
    assert_stores_agree()


def test_the_picture_is_in_it(scene: Scene) -> None:
    change_picture(scene.bob, halves(), version=1)
    catch_up()
    export_id = ask(scene.bob)
    write_due()
    files = opened(scene.bob, export_id)
    (profile,) = files["profile.json"]
    assert profile["profile"]["picture"]
    picture = picture_in(files["picture.webp"])
    assert picture.width == picture.height
    export_id = ask(scene.ann)
    write_due()
    assert "picture.webp" not in opened(scene.ann, export_id)


def test_an_export_waits_for_a_picture_that_cannot_be_read(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 600)
    change_picture(scene.bob, halves(), version=1)
    catch_up()
    export_id = ask(scene.bob)
    while not mongo.breaker.is_open:
        mongo.breaker._record_failure()
    write_due()
    assert [one.state for one in list_exports(scene.bob.user_id)] == ["running"]
    mongo.breaker.reset()
    write("UPDATE account_exports SET retry_at = '-infinity'")
    write_due()
    assert "picture.webp" in opened(scene.bob, export_id)


def test_what_they_do_not_see_any_more_is_left_out(scene: Scene) -> None:
    create_task(scene.bob, board_id=scene.board_id, title="Secret of the team")
    version = read("SELECT version FROM boards WHERE board_id = :id", id=scene.board_id)
    edit_board(scene.ann, scene.board_id, version=version, is_private=True)
    export_id = ask(scene.bob)
    write_due()
    assert "Secret of the team" not in json.dumps(opened(scene.bob, export_id))
    change_role(scene.ann, scene.team_id, scene.bob.user_id, role="guest")
    limit_guest(scene.ann, scene.team_id, scene.bob.user_id, board_ids=[])
    remove_member(scene.ann, scene.team_id, scene.bob.user_id)
    write("UPDATE account_exports SET requested_at = now() - interval '2 days'")
    export_id = ask(scene.bob)
    write_due()
    assert "Secret of the team" not in json.dumps(opened(scene.bob, export_id))


def test_one_a_day_also_at_once_and_a_retry_is_the_same(app: Flask, scene: Scene) -> None:
    actor = with_op(scene.bob)
    first = request_export(actor)
    assert request_export(actor).extra == first.extra
    with pytest.raises(RateLimited) as refused:
        ask(scene.bob)
    assert 86_000 < refused.value.retry_after <= 86_400
    assert next_export_at(list_exports(scene.bob.user_id)) is not None
    write("UPDATE account_exports SET failed_at = now()")
    assert next_export_at(list_exports(scene.bob.user_id)) is None
    answers = at_once_inside(app, [lambda: ask(scene.bob)] * 3)
    assert sorted(type(answer).__name__ for answer in answers) == ["RateLimited"] * 2 + ["str"]


def test_only_its_owner_opens_it_when_it_is_ready(scene: Scene) -> None:
    export_id = ask(scene.bob)
    with pytest.raises(NotFound):
        open_export(scene.bob, export_id)
    write_due()
    with pytest.raises(NotFound):
        open_export(scene.ann, export_id)
    opened(scene.bob, export_id)
    downloads = "SELECT count(*) FROM audit_logs WHERE event = 'user.export_downloaded'"
    assert read(downloads) == 1


def test_it_is_gone_after_seven_days(scene: Scene) -> None:
    export_id = ask(scene.bob)
    write_due()
    write("UPDATE account_exports SET requested_at = now() - interval '8 days'")
    with pytest.raises(NotFound):
        open_export(scene.bob, export_id)
    assert list_exports(scene.bob.user_id) == []
    drop_expired()
    assert read("SELECT count(*) FROM account_exports") == 0
    assert read("SELECT count(*) FROM account_export_parts") == 0


@pytest.fixture
def many(scene: Scene) -> int:
    """Tasks of Bob's in several files of an archive."""
    for number in range(3):
        new = [NewTask(title=f"Task {number}.{each}") for each in range(50)]
        create_tasks(scene.bob, board_id=scene.board_id, column_id=scene.columns[0], new_tasks=new)
    catch_up()
    return 150


# A step may find nothing in a long piece of the log: then only the cursor goes on.
HOW_FAR = "SELECT concat_ws(' ', parts, section, cursor) FROM account_exports"


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


def test_a_team_of_ones_own_is_in_it(scene: Scene) -> None:
    create_team(scene.bob, name="Alone")
    export_id = ask(scene.bob)
    write_due()
    teams = {one["name"]: one["role"] for one in opened(scene.bob, export_id)["teams.json"]}
    assert teams == {"Alone": "admin", "Garden": "member"}


def test_an_export_has_the_files_that_i_attached_byte_for_byte(scene: Scene) -> None:
    task_id = scene.add_task("Dig")
    large = bytes(range(256)) * 4000
    mine = [attach(scene.bob, task_id, large, "plan.bin"), attach(scene.bob, task_id)]
    delete_attachment(scene.bob, attach(scene.bob, task_id, name="gone.txt"))
    attach(scene.ann, task_id, name="hers.txt")
    export_id = ask(scene.bob)
    assert write_due() == 1
    files = opened(scene.bob, export_id)
    listed = all_of(files, "files")
    assert [one["name"] for one in listed] == ["plan.bin", "notes.txt"]
    assert [files[one["file"]] for one in listed] == [large, HELLO]
    assert [one["attachmentId"] for one in listed] == mine
