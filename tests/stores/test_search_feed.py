"""The search projection follows what is committed, however late or often it is fed, and forgets what is gone."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from threading import Event, Thread

import pytest
from flask import Flask, current_app
from sqlalchemy import text

from taskforge import clock
from taskforge.admin import doctor_probes
from taskforge.admin.trash import purge_task
from taskforge.attachments.service import attach_to_comment
from taskforge.audit import chain
from taskforge.boards.service import edit_board
from taskforge.comments.service import create_comment, delete_comment, restore_comment
from taskforge.extensions import config_of, db
from taskforge.leaving.deletion import delete_account
from taskforge.search import rebuilding
from taskforge.search.feed import feed, read_again
from taskforge.stores import doctor, invariants, mongo
from taskforge.tasks.service import delete_task, edit_task, move_task, restore_task
from tests.attachments.files import attach, sent
from tests.stores.scene import Scene, read, register, relay_everything, write
from tests.waiting import wait_until

WORDS = "SELECT coalesce(string_agg(entity_id::text, ' '), '') FROM search_entries WHERE {} @@ CAST(:q AS tsquery)"


def found(word: str, column: str = "texts") -> set[str]:
    """The ids of the entries that hold a word, whoever may see them."""
    return set(read(WORDS.format(column), q=f"'{word}'").split())


def wrong() -> list[str]:
    return [f"{one.part}: {one.detail}" for one in invariants.check("I21", doctor_probes.probes())]


def settle() -> None:
    """Seal and feed all there is."""
    chain.seal_pending(config_of().audit_key.encode())
    feed()


@pytest.fixture
def fed(scene: Scene) -> Scene:
    """The scene with a projection that is up to date."""
    rebuilding.begin()
    assert sum(rebuilding.rebuild()) >= 4
    feed()
    return scene


def test_words_of_all_three_stores_are_fed_once(fed: Scene) -> None:
    texts = {
        "description": "Linseed **oil**", "tags": ["Été"],
        "checklist": [{"item_id": "1", "text": "Sharpen", "done": False}],
        "custom_fields": [{"k": "shop", "v": "Miller"}],
    }  # fmt: skip
    task = fed.add_task("Paint the fence", texts=texts)
    comment = create_comment(fed.bob, task, content="Which *green*?").entity_id
    file = attach(fed.ann, task, name="receipt_12.txt")
    feed()
    for word in ("paint", "linseed", "oil", "ete", "sharpen", "miller"):
        assert found(word) == {task}
    assert found("green") == {comment}
    assert found("receipt", "names") == {file}
    assert found("garden", "names") == {fed.team_id, fed.board_id}
    assert found("bob", "names") == {fed.bob.user_id}
    assert (
        read("SELECT body FROM search_entries WHERE entity_id = :id", id=comment) == "Which green?"
    )
    chain.seal_pending(config_of().audit_key.encode())
    assert feed() == 0  # of what it has been told before
    move_task(fed.ann, task, column_id=fed.columns[2])
    assert feed() == 0  # nothing that is searched has changed
    edit_task(fed.ann, task, changes={"title": "Oil the gate"})
    board = read("SELECT version FROM boards WHERE board_id = :id", id=fed.board_id)
    edit_board(fed.ann, fed.board_id, version=board, name="Orchard")
    assert feed() == 2
    assert (found("paint"), found("gate"), found("orchard", "names")) == (
        set(),
        {task},
        {fed.board_id},
    )
    assert wrong() == []


def test_what_is_deleted_leaves_no_words_behind(fed: Scene) -> None:
    task = fed.add_task("Paint", texts={"description": "secret recipe"})
    comment = create_comment(fed.bob, task, content="secret shade").entity_id
    file = attach(fed.ann, task, name="secret.txt")
    feed()
    assert found("secret") == {task, comment}
    delete_comment(fed.bob, comment)
    delete_task(fed.ann, task)
    feed()
    assert found("secret") == set()
    restore_task(fed.ann, task)
    restore_comment(fed.bob, comment)
    feed()
    assert found("secret") == {task, comment}
    assert found("secret", "names") == {file}
    delete_task(fed.ann, task)
    purge_task(task, fed.board_id, deleted_before=clock.now() + timedelta(hours=1))
    feed()
    assert read("SELECT count(*) FROM search_entries WHERE task_id = :id", id=task) == 0
    eve = register("eve")
    feed()
    assert found("eve", "names") == {eve.user_id}
    delete_account(eve, email=read("SELECT email FROM users WHERE user_id = :id", id=eve.user_id))
    feed()
    assert found("eve", "names") == set()
    assert wrong() == []


def test_who_has_read_an_older_state_does_not_write_it(app: Flask, fed: Scene) -> None:
    task = fed.add_task("Old words")
    began = Event()

    def feed_in_thread() -> None:
        with app.app_context():
            began.set()
            feed()

    with db.engine.begin() as holder:
        holder.execute(text("SELECT pg_advisory_xact_lock(7301005)"))
        late = Thread(target=feed_in_thread)
        late.start()
        assert began.wait(20)
        wait_until(
            lambda: (
                read("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                == 1
            )
        )
        edit_task(fed.ann, task, changes={"title": "New words"})
    late.join(20)
    assert found("old") == set()
    feed()
    assert found("new") == {task}


def test_the_files_of_a_comment_go_and_come_back_with_it(fed: Scene) -> None:
    comment = create_comment(fed.bob, fed.add_task("Paint"), content="See").entity_id
    file = attach_to_comment(fed.bob, comment, sent(name="secret.txt")).entity_id
    settle()
    assert found("secret", "names") == {file}
    delete_comment(fed.bob, comment)
    settle()
    assert (found("secret", "names"), wrong()) == (set(), [])
    restore_comment(fed.bob, comment)
    settle()
    assert (found("secret", "names"), wrong()) == ({file}, [])


def test_a_text_that_is_lost_keeps_no_other_one_waiting(fed: Scene) -> None:
    tasks = [fed.add_task("Paint", texts={"description": word}) for word in ("red", "blue")]
    relay_everything()
    write("DELETE FROM outbox_redo")
    documents = [mongo.collection("tasks").find_one_and_delete({"_id": task}) for task in tasks]
    settle()
    mongo.collection("tasks").insert_one(documents[1])
    for _ in range(100):
        if read_again(limit=1) and found("blue") == {tasks[1]}:
            break
    assert read("SELECT count(*) FROM search_entries WHERE fingerprint IS NULL") == 1


def test_the_hardest_texts_do_not_hold_up_the_others(fed: Scene) -> None:
    random = Random(1)
    pairs = "".join(chr(random.randint(0x4E00, 0x9FFF)) for _ in range(210_000))
    lines = [pairs[100_000 + 500 * number :][:500] for number in range(100)]
    texts = {
        "description": pairs[:100_000],  # each two of its characters are a word
        "checklist": [
            {"item_id": f"{place:036}", "text": line, "done": False}
            for place, line in enumerate(lines)
        ],
        "custom_fields": [
            {"k": f"field{number}", "v": pairs[150_000 + 2_000 * number :][:2_000]}
            for number in range(30)
        ],
    }
    tasks = {fed.add_task(f"Paint {number}", texts=texts) for number in range(2)}
    tasks.add(fed.add_task("Paint the fence"))
    settle()
    assert found("paint") == tasks
    assert len(found(pairs[:2])) == 2
    assert wrong() == []


def test_a_text_that_cannot_be_read_comes_later(fed: Scene) -> None:
    task = fed.add_task("Paint", texts={"description": "turpentine"})
    relay_everything()
    lost = mongo.collection("tasks").find_one({"_id": task})
    write("DELETE FROM outbox_redo")
    mongo.collection("tasks").delete_one({"_id": task})
    settle()
    assert (found("paint"), found("turpentine")) == ({task}, set())
    assert wrong() == ["task: is not found as it is"]
    assert read_again() == 0  # it is as it was, and not written again
    mongo.collection("tasks").insert_one(lost)
    assert read_again() == 1
    assert found("turpentine") == {task}
    assert read_again() == 0
    assert wrong() == []


def test_a_rebuild_that_was_interrupted_goes_on_while_people_write(
    fed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "PAGE", 2)
    tasks = [fed.add_task(f"Plank {number}") for number in range(5)]
    feed()
    assert sum(rebuilding.drop_everything()) > 5
    assert found("plank") == set()
    rebuilding.begin(again=True)
    left = rebuilding.count_left()
    steps = rebuilding.rebuild()
    while not found("plank"):
        left -= next(steps)
    steps.close()  # killed here
    assert 0 < len(found("plank")) < 5
    assert rebuilding.count_left() == left
    edit_task(fed.ann, tasks[0], changes={"title": "Board 0"})
    edit_task(fed.ann, tasks[4], changes={"title": "Board 4"})
    delete_task(fed.ann, tasks[1])
    new = fed.add_task("Plank 5")
    assert sum(rebuilding.rebuild()) >= left
    feed()
    assert found("plank") == {tasks[2], tasks[3], new}
    assert found("board") == {tasks[0], tasks[4]}
    assert list(rebuilding.rebuild()) == []
    assert wrong() == []


def test_the_doctor_finds_and_repairs_what_differs(fed: Scene) -> None:
    lost, stale, gone = (fed.add_task(f"Nail {number}") for number in range(3))
    unfed = fed.add_task("Not fed yet")
    assert wrong() == []  # all of it is the relay's to do
    settle()
    write("DELETE FROM search_entries WHERE entity_id = :id", id=lost)
    write(
        "UPDATE search_entries SET texts = '', fingerprint = entity_id WHERE entity_id = :id",
        id=stale,
    )
    write("UPDATE tasks SET deleted_at = now() WHERE task_id = :id", id=gone)
    assert sorted(wrong()) == [
        "task: is gone, and has a search entry",
        *["task: is not found as it is"] * 2,
    ]
    write("UPDATE tasks SET deleted_at = NULL WHERE task_id = :id", id=gone)
    write("DELETE FROM search_entries WHERE entity_id = :id", id=gone)
    doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert wrong() == []
    assert found("nail") == {lost, stale, gone}
    assert found("fed") == {unfed}


def test_the_command_rebuilds_from_nothing(
    app: Flask, fed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = fed.add_task("Paint the fence")
    monkeypatch.setattr("taskforge.admin.search_command.raise_timeouts", lambda: None)
    write(
        "INSERT INTO search_entries (entity_id, kind, texts) VALUES (gen_random_uuid(), 'task', 'fence')"
    )
    runner = current_app.test_cli_runner()
    answer = runner.invoke(args=["taskforge", "reindex"])
    assert answer.exit_code == 0, answer.output
    assert "entries" in answer.output
    assert found("fence") == {task}
    write("UPDATE search_entries SET texts = ''")
    assert runner.invoke(args=["taskforge", "reindex", "--from-nothing"]).exit_code == 0
    assert found("fence") == {task}
