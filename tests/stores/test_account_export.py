"""Exports of what is somebody's own: what is in them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts.picture_service import change_picture
from taskforge.admin.maintenance import drop_expired
from taskforge.attachments.changes import delete_attachment
from taskforge.boards.board_people import limit_guest
from taskforge.boards.service import create_team, edit_board
from taskforge.comments.service import create_comment
from taskforge.errors import NotFound, RateLimited
from taskforge.leaving.export_jobs import write_due
from taskforge.leaving.exports import list_exports, next_export_at, open_export, request_export
from taskforge.messaging import breaker as breakers
from taskforge.notifications.reminders import add_reminder
from taskforge.notifications.watching import mute_board, watch_task
from taskforge.stores import mongo
from taskforge.tasks.service import create_task
from taskforge.teams.service import change_role, remove_member
from tests.attachments.files import HELLO, attach
from tests.pictures import halves
from tests.pictures import opened as picture_in
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.exporting import all_of, ask, opened
from tests.stores.scene import Scene, read, with_op, write
from tests.together import at_once_inside


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


# A step may find nothing in a long piece of the log: then only the cursor goes on.


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
