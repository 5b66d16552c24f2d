"""The contract: values come back as they were stored, and pipelines compute with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from bson import Int64, ObjectId
from bson.decimal128 import Decimal128
from pymongo.collection import Collection
from pymongo.errors import DocumentTooLarge, OperationFailure

from tests.contract.conftest import HOUR, NOON

Documents = Collection[dict[str, Any]]
MEBIBYTE = 1024 * 1024

VALUES: tuple[tuple[str, Any, Any], ...] = (
    ("an instant with milliseconds", NOON, NOON),
    ("microseconds are cut", NOON.replace(microsecond=123456), NOON),
    ("another zone becomes UTC", NOON.astimezone(timezone(timedelta(hours=5))), NOON),
    ("an instant before 1970", datetime(1901, 1, 1, tzinfo=UTC), datetime(1901, 1, 1, tzinfo=UTC)),
    ("text beyond ASCII", "Zoë 🚀 \u2028 مرحبا", "Zoë 🚀 \u2028 مرحبا"),
    ("a combining accent is not composed", "e\u0301", "e\u0301"),
    ("the empty text", "", ""),
    ("true, false and null", [True, False, None], [True, False, None]),
    ("a 64-bit number", 2**63 - 1, 2**63 - 1),
    ("a small 64-bit number", Int64(5), 5),
    ("a float that is whole", 1.0, 1.0),
    ("a decimal with its zeros", Decimal128("1.10"), Decimal128("1.10")),
    ("bytes", b"\x00\xff", b"\x00\xff"),
    ("an ObjectId", ObjectId("0123456789abcdef01234567"), ObjectId("0123456789abcdef01234567")),
    ("an empty list and mapping", [[], {}], [[], {}]),
    ("a list in a list", [[1, [2]], 3], [[1, [2]], 3]),
    ("a key with spaces and quotes", {"a 'b' \"c\"": 1}, {"a 'b' \"c\"": 1}),
    ("instants inside parts", [{"at": NOON}], [{"at": NOON}]),
)


@pytest.mark.parametrize(("value", "back"), [v[1:] for v in VALUES], ids=[v[0] for v in VALUES])
def test_a_value_comes_back(empty: Documents, value: Any, back: Any) -> None:
    empty.insert_one({"_id": 1, "value": value})
    found = (empty.find_one() or {})["value"]
    assert found == back
    assert isinstance(found, type(back))


@pytest.mark.parametrize(("value", "back"), [v[1:] for v in VALUES], ids=[v[0] for v in VALUES])
def test_a_pushed_value_comes_back(empty: Documents, value: Any, back: Any) -> None:
    empty.insert_one({"_id": 1})
    empty.update_one({"_id": 1}, {"$push": {"parts": {"v": value}}})
    assert (empty.find_one() or {})["parts"] == [{"v": back}]


def test_a_document_of_our_largest_size_fits(empty: Documents) -> None:
    empty.insert_one({"_id": 1, "text": "x" * MEBIBYTE})
    assert len((empty.find_one() or {})["text"]) == MEBIBYTE


def test_a_document_over_16_mib_is_refused(empty: Documents) -> None:
    with pytest.raises(DocumentTooLarge):
        empty.insert_one({"_id": 1, "text": "x" * (17 * MEBIBYTE)})
    assert empty.count_documents({}) == 0


def test_a_deeply_nested_document_comes_back(empty: Documents) -> None:
    deep: dict[str, Any] = {"end": 1}
    for _ in range(50):
        deep = {"in": deep}
    empty.insert_one({"_id": 1, **deep})
    assert empty.find_one() == {"_id": 1, **deep}


BY_STATUS = {"$sort": {"_id": 1}}
PIPELINES: tuple[tuple[str, list[dict[str, Any]], list[Any]], ...] = (
    (
        "counts by group",
        [{"$group": {"_id": "$status", "n": {"$sum": 1}}}, BY_STATUS],
        [{"_id": "doing", "n": 2}, {"_id": "done", "n": 2}, {"_id": "todo", "n": 2}],
    ),
    (
        "sums leave texts and missing values out",
        [{"$group": {"_id": None, "sum": {"$sum": "$points"}, "most": {"$max": "$due"}}}],
        [{"_id": None, "sum": 17.5, "most": NOON + 2 * HOUR}],
    ),
    (
        "conditional sums",
        [
            {
                "$group": {
                    "_id": None,
                    "n": {"$sum": {"$cond": [{"$eq": ["$status", "done"]}, 1, 0]}},
                }
            },
        ],
        [{"_id": None, "n": 2}],
    ),
    (
        "matching, sorting and cutting",
        [{"$match": {"tags": "ui"}}, {"$sort": {"rank": -1}}, {"$skip": 1}, {"$limit": 1}],
        [{"_id": "d", "status": "doing", "due": NOON - HOUR, "tags": ["ui"], "rank": "a1"}],
    ),
    (
        "unwinding counts each tag",
        [
            {"$unwind": "$tags"},
            {"$group": {"_id": "$tags", "n": {"$sum": 1}}},
            {"$sort": {"n": -1, "_id": 1}},
            {"$limit": 2},
        ],
        [{"_id": "ui", "n": 3}, {"_id": "api", "n": 2}],
    ),
    (
        "unwinding keeps empty lists when told",
        [
            {"$unwind": {"path": "$tags", "preserveNullAndEmptyArrays": True}},
            {"$match": {"_id": {"$in": ["a", "b"]}}},
            {"$group": {"_id": "$_id", "n": {"$sum": 1}}},
            BY_STATUS,
        ],
        [{"_id": "a", "n": 2}, {"_id": "b", "n": 1}],
    ),
    (
        "computed fields, with a value for what is missing",
        [
            {"$match": {"_id": {"$in": ["a", "d"]}}},
            {"$project": {"p": {"$ifNull": ["$points", 0]}, "n": {"$size": "$tags"}}},
            BY_STATUS,
        ],
        [{"_id": "a", "p": 1, "n": 2}, {"_id": "d", "p": 0, "n": 1}],
    ),
    (
        "added fields",
        [
            {"$match": {"_id": "b"}},
            {"$addFields": {"twice": {"$multiply": ["$points", 2]}}},
            {"$project": {"_id": 0, "twice": 1}},
        ],
        [{"twice": 10}],
    ),
    (
        "several answers in one",
        [
            {
                "$facet": {
                    "all": [{"$count": "n"}],
                    "late": [{"$match": {"due": {"$lt": NOON}}}, {"$project": {"_id": 1}}],
                }
            }
        ],
        [{"all": [{"n": 6}], "late": [{"_id": "d"}]}],
    ),
    (
        "buckets",
        [
            {"$match": {"points": {"$type": "number"}}},
            {"$bucket": {"groupBy": "$points", "boundaries": [0, 4, 9]}},
        ],
        [{"_id": 0, "count": 2}, {"_id": 4, "count": 2}],
    ),
    (
        "days of a time zone, over a change of clocks",
        [
            {"$match": {"due": {"$gte": NOON}}},
            {
                "$group": {
                    "_id": {
                        "$dateTrunc": {"date": "$due", "unit": "day", "timezone": "Europe/Berlin"}
                    },
                    "n": {"$sum": 1},
                }
            },
        ],
        [{"_id": datetime(2026, 3, 28, 23, tzinfo=UTC), "n": 3}],
    ),
    (
        "dates as text",
        [
            {"$match": {"_id": "a"}},
            {
                "$project": {
                    "_id": 0,
                    "on": {"$dateToString": {"date": "$due", "format": "%Y-%m-%d"}},
                }
            },
        ],
        [{"on": "2026-03-29"}],
    ),
)


@pytest.mark.parametrize(
    ("pipeline", "answer"), [p[1:] for p in PIPELINES], ids=[p[0] for p in PIPELINES]
)
def test_a_pipeline_answers(
    cards: Documents, pipeline: list[dict[str, Any]], answer: list[Any]
) -> None:
    assert list(cards.aggregate(pipeline)) == answer


def test_a_pipeline_looks_documents_up(cards: Documents, database: Any, empty: Documents) -> None:
    comments = database[f"{cards.name}_comments"]
    comments.insert_many(
        [{"_id": 1, "card": "a"}, {"_id": 2, "card": "a"}, {"_id": 3, "card": "b"}]
    )
    joined = cards.aggregate(
        [
            {"$match": {"_id": {"$in": ["a", "c"]}}},
            {
                "$lookup": {
                    "from": comments.name,
                    "localField": "_id",
                    "foreignField": "card",
                    "as": "c",
                }
            },
            {"$project": {"n": {"$size": "$c"}}},
            {"$sort": {"_id": 1}},
        ]
    )
    assert list(joined) == [{"_id": "a", "n": 2}, {"_id": "c", "n": 0}]
    comments.drop()


@pytest.mark.parametrize("stage", [{"$nope": 1}, {"$project": {"a": {"$nope": 1}}}])
def test_an_unknown_stage_or_expression_is_refused(cards: Documents, stage: dict[str, Any]) -> None:
    with pytest.raises(OperationFailure):
        list(cards.aggregate([stage]))
