"""MongoDB has the indexes that something uses, and no others."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.stores import mongo
from taskforge.stores.indexes import RETIRED, ensure_indexes

BY_ID = "`mongo.find` for pages and jobs, `mongo.apply` for a message: documents are asked for by id alone"
EXPIRY = "MongoDB itself, which removes a tombstone 30 days after the purge"
# Each index, and what uses it.
EXPECTED = {
    "tasks": {"_id_": BY_ID, "purged_at_1": EXPIRY},
    "comments": {"_id_": BY_ID, "purged_at_1": EXPIRY},
    "profiles": {"_id_": BY_ID, "purged_at_1": EXPIRY},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_index_that_no_query_uses_is_dropped(app: Flask, name: str) -> None:
    with app.app_context():
        collection = mongo.collection(name)
        collection.create_index([("tags", 1)])
        collection.create_index([("team_id", 1), ("status", 1)])
        ensure_indexes()
        assert collection.index_information().keys() == EXPECTED[name].keys()
        collection.create_index([("made_by_hand", 1)])
        ensure_indexes()
        assert "made_by_hand_1" in collection.index_information()
        collection.drop_index("made_by_hand_1")
    assert not RETIRED & EXPECTED[name].keys()
