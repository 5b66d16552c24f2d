"""The contract: what a filter finds, in which order, and which part of it is returned."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from tests.contract.conftest import HOUR, NOON

Documents = Collection[dict[str, Any]]

FINDS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("an id finds its document", {"_id": "c"}, "c"),
    ("an unknown id finds nothing", {"_id": "z"}, ""),
    ("several ids find theirs", {"_id": {"$in": ["a", "z", "e"]}}, "ae"),
    ("no ids find nothing", {"_id": {"$in": []}}, ""),
    ("equality is of the whole string", {"status": "do"}, ""),
    ("two fields must both match", {"status": "todo", "points": 5}, "b"),
    ("null finds missing and null", {"due": None}, "be"),
    ("$ne null finds what has a value", {"due": {"$ne": None}}, "acdf"),
    ("$exists finds what is there, null too", {"due": {"$exists": True}}, "abcdf"),
    ("$exists false finds what is missing", {"points": {"$exists": False}}, "d"),
    ("$ne finds what is missing too", {"points": {"$ne": 5}}, "acdef"),
    ("$nin excludes each value", {"status": {"$nin": ["todo", "done"]}}, "cd"),
    ("a whole number equals its float", {"points": 5.0}, "b"),
    ("a number is no string", {"points": 8}, "e"),
    ("a boolean is no number", {"points": True}, ""),
    ("a range stays within its type", {"points": {"$gt": 0}}, "abce"),
    ("a range of strings leaves numbers out", {"points": {"$gte": "0"}}, "f"),
    ("a range has two ends", {"points": {"$gt": 1, "$lte": 5}}, "bc"),
    ("dates compare as instants", {"due": {"$gte": NOON, "$lt": NOON + 2 * HOUR}}, "ac"),
    ("a date range leaves null out", {"due": {"$lt": NOON + HOUR}}, "ad"),
    ("strings compare by bytes", {"rank": {"$lt": "a0"}}, "c"),
    ("a longer string comes after its prefix", {"rank": {"$gt": "a0", "$lt": "a1"}}, "bf"),
    ("a value finds the lists that hold it", {"tags": "ui"}, "ade"),
    ("values in a list keep their case", {"tags": "bug"}, "a"),
    ("$all wants every value", {"tags": {"$all": ["api", "ui"]}}, "e"),
    ("$in finds a list with one of the values", {"tags": {"$in": ["bug", "api"]}}, "ace"),
    ("$size counts", {"tags": {"$size": 0}}, "b"),
    ("a list equals a list in the same order", {"tags": ["ui", "api"]}, "e"),
    ("a list in another order is another list", {"tags": ["api", "ui"]}, ""),
    ("a path leads into the parts of a list", {"people.id": "p2"}, "f"),
    ("two paths may match two parts", {"people.id": "p1", "people.role": "guest"}, "f"),
    (
        "$elemMatch wants one part to match all",
        {"people": {"$elemMatch": {"id": "p1", "role": "guest"}}},
        "",
    ),
    (
        "$elemMatch finds the part that matches all",
        {"people": {"$elemMatch": {"id": "p2", "role": "guest"}}},
        "f",
    ),
    ("$or joins", {"$or": [{"status": "done"}, {"points": 1}]}, "aef"),
    ("$and narrows", {"$and": [{"tags": "ui"}, {"tags": "api"}]}, "e"),
    ("$not turns a condition round, missing included", {"points": {"$not": {"$gte": 5}}}, "acdf"),
    ("$nor excludes both", {"$nor": [{"status": "todo"}, {"tags": "ui"}]}, "cf"),
    ("$regex finds part of a text", {"title": {"$regex": "crash", "$options": "i"}}, "f"),
    ("$regex keeps case unless told", {"title": {"$regex": "crash"}}, ""),
    ("$regex takes escaped text literally", {"title": {"$regex": re.escape("(Zürich)")}}, "f"),
    ("$regex ignores case beyond ASCII", {"title": {"$regex": "zÜRICH", "$options": "i"}}, "f"),
    ("$regex anchors at the start", {"title": {"$regex": "^second"}}, ""),
    ("quotes and braces are text", {"status": "'; {$ne: 1} --"}, ""),
)


@pytest.mark.parametrize(("filter_", "found"), [f[1:] for f in FINDS], ids=[f[0] for f in FINDS])
def test_a_filter_finds(cards: Documents, filter_: dict[str, Any], found: str) -> None:
    assert "".join(card["_id"] for card in cards.find(filter_).sort("_id", 1)) == found


@pytest.mark.parametrize(("filter_", "found"), [f[1:] for f in FINDS], ids=[f[0] for f in FINDS])
def test_a_filter_finds_the_same_with_indexes(
    cards: Documents, filter_: dict[str, Any], found: str
) -> None:
    for keys in ("status", "points", "rank", "tags", "people.id", "due"):
        cards.create_index([(keys, 1), ("_id", 1)])
    assert "".join(card["_id"] for card in cards.find(filter_).sort("_id", 1)) == found


SORTS: tuple[tuple[str, list[tuple[str, int]], str], ...] = (
    ("strings by bytes, capitals first", [("rank", 1)], "cabfde"),
    ("the other way round", [("rank", -1)], "edfbac"),
    ("missing and null before dates", [("due", 1), ("_id", 1)], "bedacf"),
    ("missing before numbers before strings", [("points", 1)], "dacbef"),
    ("by one field, then another", [("status", -1), ("rank", 1)], "abfecd"),
)


@pytest.mark.parametrize(("keys", "order"), [s[1:] for s in SORTS], ids=[s[0] for s in SORTS])
def test_a_sort_orders(cards: Documents, keys: list[tuple[str, int]], order: str) -> None:
    assert "".join(card["_id"] for card in cards.find().sort(keys)) == order


def test_a_page_is_cut_by_skip_and_limit(cards: Documents) -> None:
    assert [card["_id"] for card in cards.find().sort("_id", 1).skip(2).limit(2)] == ["c", "d"]


def test_a_page_goes_on_after_a_key(cards: Documents) -> None:
    after = {"$or": [{"status": {"$gt": "doing"}}, {"status": "doing", "_id": {"$gt": "c"}}]}
    page = cards.find(after).sort([("status", 1), ("_id", 1)]).limit(3)
    assert [card["_id"] for card in page] == ["d", "e", "f"]


def test_a_large_answer_arrives_in_full_over_several_batches(empty: Documents) -> None:
    empty.insert_many([{"_id": number} for number in range(500)])
    assert len({found["_id"] for found in empty.find({}, batch_size=40)}) == 500


PROJECTIONS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("named fields and the id", {"rank": 1}, {"_id": "f", "rank": "a0l"}),
    ("without the id", {"rank": 1, "_id": 0}, {"rank": "a0l"}),
    (
        "one field of each part",
        {"people.role": 1},
        {"_id": "f", "people": [{"role": "owner"}, {"role": "guest"}]},
    ),
    (
        "the last part only",
        {"people": {"$slice": -1}, "rank": 1},
        {"_id": "f", "rank": "a0l", "people": [{"id": "p2", "role": "guest"}]},
    ),
    (
        "the part that matches",
        {"people": {"$elemMatch": {"id": "p1"}}},
        {"_id": "f", "people": [{"id": "p1", "role": "owner"}]},
    ),
    ("a field that is missing is left out", {"nothing": 1}, {"_id": "f"}),
)


@pytest.mark.parametrize(
    ("fields", "answer"), [p[1:] for p in PROJECTIONS], ids=[p[0] for p in PROJECTIONS]
)
def test_a_projection_returns(
    cards: Documents, fields: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert cards.find_one({"_id": "f"}, fields) == answer


def test_counts_agree(cards: Documents) -> None:
    assert cards.count_documents({"status": "todo"}) == 2
    assert cards.count_documents({}) == cards.estimated_document_count() == 6
    assert sorted(cards.distinct("tags")) == ["Bug", "api", "bug", "ui"]


def test_an_unknown_operator_is_refused(cards: Documents) -> None:
    with pytest.raises(OperationFailure) as refused:
        cards.find_one({"status": {"$like": "todo"}})
    assert refused.value.code == 2
