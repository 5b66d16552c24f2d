"""Documents of earlier schema versions stay as they are, are read with defaults, and are still checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from mongoengine import Document, IntField, StringField

from taskforge.accounts.documents import ProfileDocument
from taskforge.accounts.service import edit_profile, get_profile
from taskforge.admin import doctor_probes
from taskforge.comments.documents import CommentDocument
from taskforge.comments.queries import list_comments
from taskforge.comments.service import edit_comment
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import doctor, document_parts, mongo
from taskforge.stores.document_parts import CONTENT, MIRROR, PartField, part_of
from taskforge.tasks.documents import TaskDocument
from taskforge.tasks.history.undo import undo_change
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import edit_task, move_task
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.golden import FIRST_SCHEMA
from tests.stores.healing import TEXT, Lived, found, repair
from tests.stores.scene import document, read, relay_everything, write

MOOD = "calm"
PRESENT_MIRROR = part_of("task", MIRROR).schema
LATER_MIRROR = PRESENT_MIRROR + 1
PRESENT_CONTENT = part_of("task", CONTENT).schema
LATER_CONTENT = PRESENT_CONTENT + 1
LaterSchema = Callable[[], None]


def widen(
    patch: pytest.MonkeyPatch,
    entity_type: str,
    name: str,
    added: PartField,
    document: type[Document],
) -> None:
    """Add a field to a part and to its document class, as a release does that declares one more."""
    part = part_of(entity_type, name)
    wider = replace(part, fields=(*part.fields, replace(added, since=part.schema + 1)))
    patch.setitem(document_parts._parts, (entity_type, name), wider)
    field = IntField() if added.name == "number" else StringField()
    field.name = field.db_field = added.name
    patch.setitem(document._fields, added.name, field)
    patch.setitem(document._db_field_map, added.name, added.name)
    patch.setitem(document._reverse_db_field_map, added.name, added.name)
    patch.setattr(document, "_fields_ordered", (*document._fields_ordered, added.name))
    patch.setattr(document, added.name, field, raising=False)


def widen_all(patch: pytest.MonkeyPatch) -> None:
    mood = PartField("mood", default=MOOD)
    widen(patch, "task", CONTENT, mood, TaskDocument)
    widen(patch, "task", MIRROR, PartField("number"), TaskDocument)
    widen(patch, "comment", CONTENT, mood, CommentDocument)
    widen(patch, "user", CONTENT, mood, ProfileDocument)


@pytest.fixture
def later_schema(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> LaterSchema:
    """What happened was written by the release before; from the call on, each content has one field more."""
    return lambda: widen_all(monkeypatch)


@pytest.fixture
def widened(lived: Lived, later_schema: LaterSchema) -> Lived:
    later_schema()
    return lived


def stored(collection: str, entity_id: str) -> dict[str, Any]:
    found = document(collection, entity_id)
    assert found is not None
    return found


def everything() -> dict[str, list[dict[str, Any]]]:
    names = ("tasks", "comments", "profiles")
    return {name: list(mongo.collection(name).find().sort("_id", 1)) for name in names}


def texts_of(lived: Lived) -> dict[str, Any]:
    texts = get_task(lived.scene.ann, lived.task).texts
    assert texts is not None
    return dict(texts)


def put_back_into_outbox(entity_id: str) -> None:
    """The newest content waits again, as when MongoDB had been away."""
    write(
        "INSERT INTO outbox (entity_type, entity_id, part, version, payload)"
        " SELECT entity_type, entity_id, part, version, payload FROM outbox_redo"
        " WHERE entity_id = :id ORDER BY version DESC LIMIT 1",
        id=entity_id,
    )


@pytest.mark.parametrize(("entity_type", "name"), FIRST_SCHEMA)
def test_a_part_of_the_first_schema_has_the_same_bytes_for_ever(
    app: Flask, entity_type: str, name: str
) -> None:
    golden = FIRST_SCHEMA[entity_type, name]
    part = part_of(entity_type, name)
    fields = mongo.decode(golden)
    assert part.schema_of(fields) == 1
    assert mongo.encode(part.as_written(fields)) == golden
    assert tuple(fields) == part.names_in(1)


@pytest.mark.parametrize(("entity_type", "name"), FIRST_SCHEMA)
def test_a_part_of_the_first_schema_is_read_with_all_fields_of_today(
    app: Flask, entity_type: str, name: str
) -> None:
    fields = mongo.decode(FIRST_SCHEMA[entity_type, name])
    part = part_of(entity_type, name)
    present = {name: fields[name] for name in fields if name not in part.left}
    assert part.read(fields) == {**part.defaults(), **present}
    assert set(part.read(fields)) == set(part.names)


def test_the_mark_of_a_schema_is_stored_only_from_the_second_on(lived: Lived) -> None:
    task = stored("tasks", lived.task)
    for part in (part_of("task", CONTENT), part_of("task", MIRROR)):
        assert (part.schema_key in task) is (part.schema > 1)


def test_a_new_field_changes_no_document_and_worries_no_doctor(widened: Lived) -> None:
    before = everything()
    assert_stores_agree()
    report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert (report.exit_code, report.found) == (doctor.CLEAN, [])
    assert everything() == before
    assert "mood" not in before["tasks"][0]


def test_old_content_that_still_waits_in_the_outbox_is_no_fault(widened: Lived) -> None:
    put_back_into_outbox(widened.task)
    mongo.collection("tasks").update_one({"_id": widened.task}, {"$set": {"doc_version": 1}})
    assert_stores_agree()
    assert texts_of(widened)["mood"] == MOOD
    relay_everything()
    assert_stores_agree()
    assert stored("tasks", widened.task)["doc_version"] == 2


@pytest.mark.parametrize("source", ["outbox", "redis", "mongodb", "redo log"])
def test_every_source_of_old_content_is_read_with_the_default(
    lived: Lived, later_schema: LaterSchema, source: str
) -> None:
    redis_client().flushdb()
    if source == "outbox":
        put_back_into_outbox(lived.task)
    if source == "redis":
        texts_of(lived)
    if source in ("redis", "redo log"):
        mongo.collection("tasks").delete_one({"_id": lived.task})
    later_schema()
    expected = {"description": "Three coats", "tags": TEXT["tags"], "mood": MOOD}
    assert expected.items() <= texts_of(lived).items()


def test_comments_and_profiles_of_old_are_read_with_the_default(widened: Lived) -> None:
    (comment,) = list_comments(widened.scene.ann, widened.task)
    assert comment.fields is not None
    assert (comment.fields["content"], comment.fields["mood"]) == ("Which green, @ann?", MOOD)
    profile = get_profile(widened.scene.bob).texts
    assert profile is not None
    assert profile["mood"] == MOOD


def test_the_first_later_edit_brings_a_document_to_the_present_schema(widened: Lived) -> None:
    untouched = stored("tasks", widened.trashed)
    edit_task(widened.scene.ann, widened.task, changes={"description": "Four coats"})
    edit_comment(widened.scene.bob, widened.comment, content="Which green?")
    edit_profile(widened.scene.bob, version=1, changes={"bio": "Paints"})
    for collection, entity_id, schema in (
        ("tasks", widened.task, LATER_CONTENT),
        ("comments", widened.comment, part_of("comment", CONTENT).schema),
        ("profiles", widened.scene.bob.user_id, part_of("user", CONTENT).schema),
    ):
        after = stored(collection, entity_id)
        assert (after["mood"], after["content_schema"]) == (MOOD, schema)
    catch_up()
    after = stored("tasks", widened.task)
    number = read("SELECT number FROM tasks WHERE task_id = :id", id=widened.task)
    assert (after["number"], after["mirror_schema"]) == (number, LATER_MIRROR)
    assert stored("tasks", widened.trashed) == untouched
    assert_stores_agree()


def test_the_relay_brings_a_mirror_to_the_present_schema_and_leaves_the_content(
    widened: Lived,
) -> None:
    move_task(widened.scene.ann, widened.task, column_id=widened.scene.columns[3])
    catch_up()
    after = stored("tasks", widened.task)
    assert after["mirror_schema"] == LATER_MIRROR
    assert after["content_schema"] == PRESENT_CONTENT
    assert_stores_agree()


def test_a_change_of_the_earlier_schema_is_undone(widened: Lived) -> None:
    event_id = read(
        "SELECT event_id FROM audit_logs WHERE entity_id = :id AND entity_version = 2",
        id=widened.task,
    )
    undo_change(widened.scene.ann, widened.task, event_id=event_id)
    catch_up()
    after = stored("tasks", widened.task)
    assert (after["description"], after["mood"]) == (TEXT["description"], MOOD)
    assert_stores_agree()


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Ten coats"},
        {"tags": []},
        {"content_schema": LATER_CONTENT},
        {"content_schema": LATER_CONTENT, "mood": MOOD},
        {"title": "Another title"},
        {"mirror_schema": LATER_MIRROR},
        {"mirror_schema": LATER_MIRROR, "number": 77},
    ],
)
def test_tampering_with_an_old_document_is_caught_and_mended(
    widened: Lived, change: dict[str, Any]
) -> None:
    before = stored("tasks", widened.task)
    mongo.collection("tasks").update_one({"_id": widened.task}, {"$set": change})
    assert found("I7") == [(f"task {widened.task}", True)]
    repair()
    after = stored("tasks", widened.task)
    is_of_mirror = not change.keys().isdisjoint({"title", "mirror_schema"})
    mirror_schema = (
        LATER_MIRROR if is_of_mirror else PRESENT_MIRROR
    )  # a mended mirror is written anew
    assert {name: after[name] for name in before} == before | {"mirror_schema": mirror_schema}
    assert after["content_schema"] == PRESENT_CONTENT


def test_tampering_with_a_new_field_is_caught(widened: Lived) -> None:
    edit_task(widened.scene.ann, widened.task, changes={"description": "Four coats"})
    catch_up()
    mongo.collection("tasks").update_one({"_id": widened.task}, {"$set": {"mood": "wild"}})
    assert found("I7") == [(f"task {widened.task}", True)]
    repair()
    assert stored("tasks", widened.task)["mood"] == MOOD


def test_a_release_that_does_not_know_the_field_yet_may_still_write(lived: Lived) -> None:
    with pytest.MonkeyPatch.context() as patch:
        widen_all(patch)
        edit_task(lived.scene.ann, lived.task, changes={"description": "Four coats"})
        catch_up()
        later = stored("tasks", lived.task)
        assert (later["content_schema"], later["mirror_schema"]) == (LATER_CONTENT, LATER_MIRROR)
    edit_task(lived.scene.ann, lived.task, changes={"description": "Five coats"})
    catch_up()
    after = stored("tasks", lived.task)
    assert after["description"] == "Five coats"
    assert after["content_schema"] == PRESENT_CONTENT
    assert after["mirror_schema"] == PRESENT_MIRROR
    assert_stores_agree()
