"""The contract: what an update leaves behind, and what it says about it."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

from tests.contract.conftest import NOON

Documents = Collection[dict[str, Any]]

BEFORE: dict[str, Any] = {
    "_id": "t",
    "title": "Write",
    "points": 2,
    "tags": ["ui", "bug", "ui"],
    "steps": [{"id": 1, "done": False}, {"id": 2, "done": False}],
    "core": {"status": "todo"},
}
GONE = object()

UPDATES: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("$set replaces a value", {"$set": {"title": "Read"}}, {"title": "Read"}),
    ("$set adds a field", {"$set": {"due": NOON}}, {"due": NOON}),
    (
        "$set reaches into a part",
        {"$set": {"core.rank": "a"}},
        {"core": {"status": "todo", "rank": "a"}},
    ),
    ("$set makes the way to a path", {"$set": {"x.y.z": 1}}, {"x": {"y": {"z": 1}}}),
    ("$set may store null", {"$set": {"title": None}}, {"title": None}),
    ("$unset removes a field", {"$unset": {"title": ""}}, {"title": GONE}),
    ("$unset of a missing field is fine", {"$unset": {"nothing": ""}}, {}),
    (
        "$set and $unset act together",
        {"$set": {"title": "Read"}, "$unset": {"points": "", "nothing": ""}},
        {"title": "Read", "points": GONE},
    ),
    ("$inc adds", {"$inc": {"points": -3}}, {"points": -1}),
    ("$inc starts at zero", {"$inc": {"version": 1}}, {"version": 1}),
    ("$push appends", {"$push": {"tags": "new"}}, {"tags": ["ui", "bug", "ui", "new"]}),
    ("$push starts a list", {"$push": {"log": "x"}}, {"log": ["x"]}),
    (
        "$push keeps the last ones",
        {"$push": {"tags": {"$each": ["a", "b"], "$slice": -3}}},
        {"tags": ["ui", "a", "b"]},
    ),
    ("$pull removes every equal value", {"$pull": {"tags": "ui"}}, {"tags": ["bug"]}),
    (
        "$pull removes the parts that match",
        {"$pull": {"steps": {"id": 1}}},
        {"steps": [{"id": 2, "done": False}]},
    ),
    (
        "$addToSet adds what is new",
        {"$addToSet": {"tags": "x"}},
        {"tags": ["ui", "bug", "ui", "x"]},
    ),
    ("$addToSet leaves what is there", {"$addToSet": {"tags": "bug"}}, {}),
    (
        "$addToSet takes several",
        {"$addToSet": {"tags": {"$each": ["bug", "x"]}}},
        {"tags": ["ui", "bug", "ui", "x"]},
    ),
    ("$pop takes the first", {"$pop": {"tags": -1}}, {"tags": ["bug", "ui"]}),
    ("$pop takes the last", {"$pop": {"tags": 1}}, {"tags": ["ui", "bug"]}),
    (
        "two operators work at once",
        {"$set": {"title": "Read"}, "$inc": {"points": 1}},
        {"title": "Read", "points": 3},
    ),
)


@pytest.mark.parametrize(
    ("update", "changes"), [u[1:] for u in UPDATES], ids=[u[0] for u in UPDATES]
)
def test_an_update_leaves(
    empty: Documents, update: dict[str, Any], changes: dict[str, Any]
) -> None:
    empty.insert_one(dict(BEFORE))
    empty.update_one({"_id": "t"}, update)
    expected = {key: value for key, value in {**BEFORE, **changes}.items() if value is not GONE}
    assert empty.find_one({"_id": "t"}) == expected


def test_the_positional_operator_changes_the_part_that_matched(empty: Documents) -> None:
    empty.insert_one(dict(BEFORE))
    empty.update_one({"_id": "t", "steps.id": 2}, {"$set": {"steps.$.done": True}})
    assert empty.find_one()["steps"] == [{"id": 1, "done": False}, {"id": 2, "done": True}]


def test_array_filters_change_the_parts_they_name(empty: Documents) -> None:
    empty.insert_one(dict(BEFORE))
    empty.update_one(
        {"_id": "t"},
        {"$set": {"steps.$[step].done": True}},
        array_filters=[{"step.id": {"$gte": 2}}],
    )
    assert [step["done"] for step in empty.find_one()["steps"]] == [False, True]


REFUSED: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("changing the id", {"$set": {"_id": "u"}}, 66),
    ("two operators on one path", {"$set": {"points": 1}, "$inc": {"points": 1}}, 40),
    ("adding to a text", {"$inc": {"title": 1}}, 14),
    ("appending to a text", {"$push": {"title": "x"}}, 2),
    ("an unknown operator", {"$sett": {"title": "x"}}, 9),
)


@pytest.mark.parametrize(("update", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_an_update_is_refused_and_changes_nothing(
    empty: Documents, update: dict[str, Any], code: int
) -> None:
    empty.insert_one(dict(BEFORE))
    with pytest.raises(WriteError) as refused:
        empty.update_one({"_id": "t"}, update)
    assert refused.value.code == code
    assert empty.find_one() == BEFORE


def test_an_update_tells_matched_from_modified(empty: Documents) -> None:
    empty.insert_one(dict(BEFORE))
    same = empty.update_one({"_id": "t"}, {"$set": {"points": 2}})
    other = empty.update_one({"_id": "t"}, {"$set": {"points": 3}})
    none = empty.update_one({"_id": "u"}, {"$set": {"points": 3}})
    results = [(done.matched_count, done.modified_count) for done in (same, other, none)]
    assert results == [(1, 0), (1, 1), (0, 0)]


def test_update_many_changes_every_match(cards: Documents) -> None:
    done = cards.update_many({"status": "todo"}, {"$set": {"status": "doing"}})
    assert (done.matched_count, done.modified_count) == (2, 2)
    assert cards.count_documents({"status": "doing"}) == 4


def test_replace_leaves_nothing_of_the_old_document(empty: Documents) -> None:
    empty.insert_one(dict(BEFORE))
    empty.replace_one({"_id": "t"}, {"title": "New"})
    assert empty.find_one() == {"_id": "t", "title": "New"}


def test_deletes_are_counted(cards: Documents) -> None:
    assert cards.delete_one({"status": "todo"}).deleted_count == 1
    assert cards.delete_many({}).deleted_count == 5
    assert cards.delete_many({}).deleted_count == 0


def test_fields_keep_their_order(empty: Documents) -> None:
    empty.insert_one({"_id": "t", "z": 1, "a": 2})
    empty.update_one({"_id": "t"}, {"$set": {"m": 3}})
    assert list(empty.find_one()) == ["_id", "z", "a", "m"]


def test_an_upsert_creates_once_and_then_changes(empty: Documents) -> None:
    change = {"$set": {"title": "A"}, "$setOnInsert": {"made": NOON}}
    first = empty.update_one({"_id": "t"}, change, upsert=True)
    second = empty.update_one({"_id": "t"}, {"$set": {"title": "B"}}, upsert=True)
    assert (first.upserted_id, second.upserted_id) == ("t", None)
    assert empty.find_one() == {"_id": "t", "title": "A", "made": NOON} | {"title": "B"}


def test_ordered_bulk_stops_at_the_first_error(empty: Documents) -> None:
    with pytest.raises(BulkWriteError) as failed:
        empty.bulk_write([InsertOne({"_id": 1}), InsertOne({"_id": 1}), InsertOne({"_id": 2})])
    assert [(e["index"], e["code"]) for e in failed.value.details["writeErrors"]] == [(1, 11000)]
    assert empty.count_documents({}) == 1


def test_unordered_bulk_does_the_rest(empty: Documents) -> None:
    operations = [InsertOne({"_id": 1}), InsertOne({"_id": 1}), InsertOne({"_id": 2})]
    with pytest.raises(BulkWriteError) as failed:
        empty.bulk_write(operations, ordered=False)
    assert [(e["index"], e["code"]) for e in failed.value.details["writeErrors"]] == [(1, 11000)]
    assert empty.count_documents({}) == 2


def test_bulk_counts_each_kind_of_write(empty: Documents) -> None:
    done = empty.bulk_write(
        [
            InsertOne({"_id": 1}),
            UpdateOne({"_id": 1}, {"$set": {"a": 1}}),
            ReplaceOne({"_id": 2}, {"b": 1}, upsert=True),
            DeleteOne({"_id": 1}),
        ]
    )
    counts = (done.inserted_count, done.modified_count, done.upserted_count, done.deleted_count)
    assert counts == (1, 1, 1, 1)


def test_a_second_insert_with_the_same_id_is_refused(empty: Documents) -> None:
    empty.insert_one({"_id": "t"})
    with pytest.raises(DuplicateKeyError) as refused:
        empty.insert_one({"_id": "t"})
    assert refused.value.code == 11000
