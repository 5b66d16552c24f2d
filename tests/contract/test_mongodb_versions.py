"""The contract that applying the outbox stands on: guarded upserts, races, unique keys, durability."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import UpdateOne, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

Documents = Collection[dict[str, Any]]
WRITERS = 4


def apply(documents: Documents, part: str, version: int) -> bool:
    """Set a part to a version unless it has that or a newer one; whether it was set."""
    guard = {"_id": "t", f"{part}_version": {"$not": {"$gte": version}}}
    change = {
        "$set": {part: f"{part} {version}", f"{part}_version": version},
        "$unset": {f"{part}_schema": ""},
    }
    for _ in range(2):  # a duplicate key is either a lost race or "already newer": ask again
        try:
            documents.update_one(guard, change, upsert=True)
        except DuplicateKeyError:
            continue
        return True
    return False


def test_an_unordered_bulk_of_guarded_upserts_names_what_it_did_not_apply(empty: Documents) -> None:
    apply(empty, "content", 3)
    writes = [
        UpdateOne(
            {"_id": name, "content_version": {"$not": {"$gte": 2}}},
            {"$set": change | {"content_version": 2}, "$unset": {"content_schema": ""}},
            upsert=True,
        )
        for name, change in [
            ("t", {"content": 2}),
            ("u", {"content": 2}),
            ("v", {"_id": "x"}),
            ("w", {}),
        ]
    ]
    with pytest.raises(BulkWriteError) as failure:
        empty.with_options(write_concern=WriteConcern("majority", j=True)).bulk_write(
            writes, ordered=False
        )
    codes = {error["index"]: error["code"] for error in failure.value.details["writeErrors"]}
    assert codes.keys() == {0, 2}
    assert codes[0] == 11000
    assert failure.value.details["writeConcernErrors"] == []
    found = {document["_id"]: document["content_version"] for document in empty.find()}
    assert found == {"t": 3, "u": 2, "w": 2}


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (2, 2, 3), (1, 3, 3)])
def test_the_newest_version_stands_whatever_the_order(
    empty: Documents, order: tuple[int, ...]
) -> None:
    for version in order:
        apply(empty, "content", version)
    assert empty.find_one() == {"_id": "t", "content": "content 3", "content_version": 3}


@pytest.mark.parametrize("first", ["content", "mirror"])
def test_two_parts_of_a_document_do_not_touch_each_other(empty: Documents, first: str) -> None:
    other = "mirror" if first == "content" else "content"
    assert apply(empty, first, 7)
    assert apply(empty, other, 1)
    found = empty.find_one() or {}
    assert (found[f"{first}_version"], found[f"{other}_version"]) == (7, 1)


def test_less_than_does_not_match_a_missing_counter(empty: Documents) -> None:
    empty.insert_one({"_id": "t"})
    assert empty.count_documents({"mirror_version": {"$lt": 5}}) == 0
    assert empty.count_documents({"mirror_version": {"$not": {"$gte": 5}}}) == 1


def test_a_guarded_upsert_on_a_newer_document_is_a_duplicate_key(empty: Documents) -> None:
    empty.insert_one({"_id": "t", "v": 9})
    with pytest.raises(DuplicateKeyError):
        empty.update_one({"_id": "t", "v": {"$not": {"$gte": 5}}}, {"$set": {"v": 5}}, upsert=True)
    assert empty.find_one() == {"_id": "t", "v": 9}


def test_of_racing_writers_one_wins_each_version(empty: Documents) -> None:
    empty.insert_one({"_id": "t", "v": 0})

    def write(_: int) -> int:
        wins = 0
        for version in range(25):
            found = empty.update_one({"_id": "t", "v": version}, {"$set": {"v": version + 1}})
            wins += found.matched_count
        return wins

    with ThreadPoolExecutor(WRITERS) as writers:
        wins = sum(writers.map(write, range(WRITERS)))
    assert wins == (empty.find_one() or {})["v"] == 25


def test_racing_upserts_make_one_document(empty: Documents) -> None:
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda version: apply(empty, "content", version), range(1, 41)))
    assert empty.count_documents({}) == 1
    assert (empty.find_one() or {})["content_version"] == 40


def test_racing_increments_all_count(empty: Documents) -> None:
    empty.insert_one({"_id": "t", "n": 0})
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda _: empty.update_one({"_id": "t"}, {"$inc": {"n": 1}}), range(80)))
    assert (empty.find_one() or {})["n"] == 80


def test_a_write_can_wait_for_the_journal_and_a_majority(empty: Documents) -> None:
    sure = empty.with_options(write_concern=WriteConcern("majority", wtimeout=2000, j=True))
    assert sure.insert_one({"_id": "t"}).acknowledged
    assert empty.count_documents({}) == 1


def test_a_unique_index_refuses_a_second_value(empty: Documents) -> None:
    empty.create_index("email", unique=True)
    empty.insert_one({"_id": 1, "email": "a@b.c"})
    with pytest.raises(DuplicateKeyError):
        empty.insert_one({"_id": 2, "email": "a@b.c"})
    empty.insert_one({"_id": 3, "email": "A@b.c"})
    with pytest.raises(DuplicateKeyError):
        empty.update_one({"_id": 3}, {"$set": {"email": "a@b.c"}})


def test_a_unique_index_counts_missing_as_a_value(empty: Documents) -> None:
    empty.create_index("email", unique=True)
    empty.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        empty.insert_one({"_id": 2})


def test_a_partial_unique_index_guards_only_its_part(empty: Documents) -> None:
    empty.create_index("key", unique=True, partialFilterExpression={"live": True})
    empty.insert_many([{"key": "k", "live": False}, {"key": "k", "live": False}])
    empty.insert_one({"key": "k", "live": True})
    with pytest.raises(DuplicateKeyError):
        empty.insert_one({"key": "k", "live": True})
    assert empty.count_documents({"key": "k"}) == 3


def test_a_compound_unique_index_names_the_collision(empty: Documents) -> None:
    empty.create_index([("team", 1), ("number", 1)], unique=True)
    empty.insert_many([{"team": "t", "number": 1}, {"team": "t", "number": 2}])
    with pytest.raises(DuplicateKeyError) as refused:
        empty.insert_one({"team": "t", "number": 2})
    assert (refused.value.details or {})["keyValue"] == {"team": "t", "number": 2}


def test_making_the_same_index_twice_is_fine_and_another_by_its_name_is_not(
    empty: Documents,
) -> None:
    assert empty.create_index("a", name="one") == empty.create_index("a", name="one") == "one"
    with pytest.raises(OperationFailure):
        empty.create_index("b", name="one")


def test_an_index_keeps_its_options_and_is_used(empty: Documents) -> None:
    empty.create_index("seen_at", expireAfterSeconds=60)
    empty.create_index([("team", 1), ("rank", 1)])
    assert empty.index_information()["seen_at_1"]["expireAfterSeconds"] == 60
    plan = str(empty.find({"team": "t"}).sort("rank", 1).explain())
    assert "IXSCAN" in plan
    assert "COLLSCAN" not in plan
