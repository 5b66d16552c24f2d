"""What TaskForge expects of MongoDB, asked of whichever server the tests use.

The tables state what MongoDB 6 to 8 answer. Point MONGODB_URI at a server of your own to check it:
``MONGODB_URI=mongodb://localhost/taskforge_test make test ARGS=tests/contract``
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from tests.servers import Servers

# Half an hour before Berlin's clocks go forward, with milliseconds.
NOON = datetime(2026, 3, 29, 0, 30, 15, 123000, UTC)
HOUR = timedelta(hours=1)

CARDS: tuple[dict[str, Any], ...] = (
    {"_id": "a", "status": "todo", "points": 1, "due": NOON, "tags": ["ui", "bug"], "rank": "a0"},
    {"_id": "b", "status": "todo", "points": 5, "due": None, "tags": [], "rank": "a0V"},
    {
        "_id": "c",
        "status": "doing",
        "points": 3.5,
        "due": NOON + HOUR,
        "tags": ["api"],
        "rank": "Zz",
    },
    {"_id": "d", "status": "doing", "due": NOON - HOUR, "tags": ["ui"], "rank": "a1"},
    {"_id": "e", "status": "done", "points": 8, "tags": ["ui", "api"], "rank": "b"},
    {
        "_id": "f",
        "status": "done",
        "points": "8",
        "due": NOON + 2 * HOUR,
        "tags": ["Bug"],
        "rank": "a0l",
        "title": "Crash (Zürich)\nsecond line",
        "people": [{"id": "p1", "role": "owner"}, {"id": "p2", "role": "guest"}],
    },
)


@pytest.fixture(scope="session")
def database(servers: Servers) -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](
        servers.mongodb_uri, tz_aware=True, journal=True, w="majority", retryWrites=False
    ) as client:
        yield client.get_default_database()


@pytest.fixture
def empty(database: Database[dict[str, Any]]) -> Iterator[Collection[dict[str, Any]]]:
    """A collection of this test's own."""
    collection = database[f"contract_{uuid4().hex}"]
    yield collection
    collection.drop()


@pytest.fixture
def cards(empty: Collection[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """The same with six cards in it."""
    empty.insert_many([dict(card) for card in CARDS])
    return empty
