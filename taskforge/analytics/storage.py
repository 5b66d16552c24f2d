"""How much each store holds, by its own word; a store that does not answer is None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mongoengine
from sqlalchemy import text

from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.stores import mongo, sql

MAX_PARTS = 40

_DATABASE_SIZE = text("SELECT pg_database_size(current_database())")
_TABLE_SIZES = text("""
    SELECT c.relname AS name, pg_total_relation_size(c.oid) AS size, greatest(c.reltuples, 0)::bigint AS entries
    FROM   pg_class c
    WHERE  c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)
    ORDER  BY pg_total_relation_size(c.oid) DESC, c.relname
    LIMIT  :limit
""")


@dataclass(frozen=True)
class Part:
    """A table or a collection: its name, its bytes with indexes, and about how many entries it has."""

    name: str
    size: int
    entries: int


@dataclass(frozen=True)
class Storage:
    """What a store holds, in bytes, and its largest parts; `limit` is what it may hold at most, if it has a limit."""

    size: int
    parts: Sequence[Part] = ()
    limit: int | None = None
    entries: int | None = None


def read_postgresql() -> Storage:
    """The database and its tables. Raises `Unavailable`."""
    parts = [
        Part(row["name"], row["size"], row["entries"])
        for row in sql.rows(_TABLE_SIZES, {"limit": MAX_PARTS})
    ]
    return Storage(int(sql.scalar(_DATABASE_SIZE)), parts)


def read_mongodb() -> Storage | None:
    """The database and its collections.

    By the command ``collStats``, which MongoDB 6.2 and later call deprecated and still answer: the stage ``$collStats``
    of its aggregations, meant to take its place, tells sizes of 0 on the embedded server, and ``dbStats`` knows no
    collections.
    """
    try:
        with mongo.asking():
            database = mongoengine.get_db()
            stats = database.command("dbStats")
            parts = [
                _collection(name, database.command("collStats", name))
                for name in sorted(database.list_collection_names())[:MAX_PARTS]
                if not name.startswith("system.")
            ]
    except mongo.DocumentsUnavailable:
        return None
    size = (stats.get("storageSize") or 0) + (stats.get("indexSize") or 0)
    return Storage(int(size), sorted(parts, key=lambda part: -part.size))


def read_redis() -> Storage | None:
    """Its memory and the number of its keys."""
    try:
        with redis_guard() as client:
            memory, keys = client.info("memory"), client.dbsize()
    except RedisUnavailable:
        return None
    limit = int(memory.get("maxmemory", 0)) or None
    return Storage(int(memory["used_memory"]), limit=limit, entries=int(keys))


def _collection(name: str, stats: dict[str, float]) -> Part:
    size = (stats.get("storageSize") or 0) + (stats.get("totalIndexSize") or 0)
    return Part(name, int(size), int(stats.get("count") or 0))


def show_bytes(size: int) -> str:
    """Such as ``3.4 MB``."""
    value, units = float(size), ("bytes", "kB", "MB", "GB", "TB")
    for unit in units[:-1]:
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} {units[-1]}"
