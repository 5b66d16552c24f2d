"""What MongoDB knows: its collections, and what people write into tasks, of a sample of the newest ones."""

from __future__ import annotations

from typing import Any

from taskforge.analytics import storage
from taskforge.analytics.parts import Figures, Part, read_parts
from taskforge.errors import Unavailable
from taskforge.messaging.breaker import MONGODB
from taskforge.stores import mongo
from taskforge.tasks.documents import TASK_CONTENT

SAMPLED = 500
# What a task's document holds when somebody has written it.
_WRITTEN: dict[str, dict[str, Any]] = {
    "with_description": {"description": {"$exists": True, "$nin": ["", None]}},
    "with_checklist": {"checklist.0": {"$exists": True}},
    "with_custom_fields": {"custom_fields.0": {"$exists": True}},
}


def read_mongodb() -> list[Part]:
    """Both its parts; those that it did not answer have no figures."""
    reads = {"collections": read_collections, "content": read_content}
    return read_parts(MONGODB, reads, failures=(Unavailable, mongo.DocumentsUnavailable))


def read_collections() -> Figures:
    """The collections by size, with indexes, in bytes."""
    stored = storage.read_mongodb()
    if stored is None:
        raise mongo.DocumentsUnavailable
    return {
        "bytes": stored.size,
        "collections": [
            {"name": part.name, "bytes": part.size, "documents": part.entries}
            for part in stored.parts
        ],
    }


def read_content() -> Figures:
    """How many of the newest tasks have a description, a checklist, custom fields; ``sampled`` is how many there are.

    Ids are in the order of creation (`taskforge.ids`). Tombstones count as tasks without content.
    """
    facets = {
        name: [{"$match": match}, {"$count": "tasks"}]
        for name, match in {"sampled": {}, **_WRITTEN}.items()
    }
    pipeline: list[dict[str, Any]] = [
        {"$sort": {"_id": -1}},
        {"$limit": SAMPLED},
        {"$facet": facets},
    ]
    with mongo.asking():
        found = list(mongo.collection(TASK_CONTENT.collection).aggregate(pipeline))
    answer = found[0] if found else {}
    return {name: _count(answer.get(name)) for name in facets}


def _count(facet: list[dict[str, Any]] | None) -> int:
    """The number of a ``$count``: no document and one that says 0 mean the same."""
    return int(facet[0]["tasks"]) if facet else 0
