"""The stores as they were at one moment, put back as often as somebody has changed them.

Making a world of people, teams and tasks by the services takes a hundred times as long as putting back what one
request has changed of it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.database import Database

from taskforge.bounded_cache import BoundedCache
from taskforge.tasks.board.cache import board_cache
from tests.servers import Servers
from tests.wiping import connect_as_replica, table_names

COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = CAST(%s AS regclass) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
# Whatever writes a row gives it a transaction id above all earlier ones; what deletes one lowers the number.
MARK = "SELECT '{0}', count(*), coalesce(max(CAST(CAST(xmin AS text) AS bigint)), 0) FROM {0}"

Marks = dict[str, tuple[int, int]]


class KeptStores:
    """A copy of everything in the three stores, and connections of its own that put it back.

    Ids and versions that were given since are given again, to other content: what this process caches of them is
    dropped. Two threads must not use it at once, and no request may be under way.
    """

    def __init__(self, servers: Servers) -> None:
        self._postgres = connect_as_replica(servers.database_url)
        self._mongo: MongoClient[RawBSONDocument] = MongoClient(
            servers.mongodb_uri, document_class=RawBSONDocument
        )
        self._redis = redis.Redis.from_url(servers.redis_url)
        # By its type: a weak reference, when asked for its class, asks an object that may be gone.
        self._caches = [one for one in gc.get_objects() if issubclass(type(one), BoundedCache)]
        self._keep_rows()
        self._documents = {
            name: {bytes(found.raw): found for found in self._database[name].find()}
            for name in self._database.list_collection_names()
        }
        self._keys = [
            (key, max(self._redis.pttl(key), 0), self._redis.dump(key))
            for key in self._redis.scan_iter()
        ]

    def put_back(self) -> None:
        """Let the stores hold what they held at the beginning."""
        self._put_back_rows()
        for name in self._database.list_collection_names():
            self._put_back_documents(name)
        with self._redis.pipeline(transaction=False) as commands:
            commands.flushdb()
            for key, milliseconds, value in self._keys:
                commands.restore(key, milliseconds, value)
            commands.execute()
        board_cache.clear()
        for cache in self._caches:
            cache.clear()

    def marks(self) -> Marks:
        """By table, what becomes another as soon as a row is written or deleted."""
        with self._postgres.cursor() as cursor:
            cursor.execute("EXECUTE read_marks")
            return {name: (rows, newest) for name, rows, newest in cursor.fetchall()}

    def close(self) -> None:
        """Close the connections."""
        self._postgres.close()
        self._mongo.close()
        self._redis.close()

    @property
    def _database(self) -> Database[RawBSONDocument]:
        return self._mongo.get_default_database()

    def _keep_rows(self) -> None:
        self._columns: dict[str, str] = {}
        with self._postgres.cursor() as cursor:
            self._tables = table_names(cursor)
            marks = " UNION ALL ".join(MARK.format(name) for name in self._tables)
            cursor.execute(f"PREPARE read_marks AS {marks}")
            self._marks = self.marks()
            for name, (rows, _) in self._marks.items():
                if rows:
                    cursor.execute(COLUMNS, (name,))
                    (self._columns[name],) = cursor.fetchone() or ("",)
                    cursor.execute(
                        f"CREATE TEMPORARY TABLE kept_{name} AS SELECT {self._columns[name]} FROM {name}"
                    )

    def _put_back_rows(self) -> None:
        changed = changed_tables(self._marks, self.marks())
        statements = [f"DELETE FROM {name}" for name in changed]
        for name in changed:
            if columns := self._columns.get(name):
                statements.append(
                    f"INSERT INTO {name} ({columns}) SELECT {columns} FROM kept_{name}"
                )
        if statements:
            with self._postgres.cursor() as cursor:
                cursor.execute(";".join(statements))
            self._marks = self.marks()

    def _put_back_documents(self, name: str) -> None:
        kept = self._documents.get(name, {})
        found = {bytes(one.raw): one["_id"] for one in self._database[name].find()}
        if gone := [_id for raw, _id in found.items() if raw not in kept]:
            self._database[name].delete_many({"_id": {"$in": gone}})
        if missing := [one for raw, one in kept.items() if raw not in found]:
            self._database[name].insert_many(missing)


def changed_tables(before: Marks, after: Marks) -> list[str]:
    """The tables in which a row was written or deleted meanwhile."""
    return sorted(name for name, mark in after.items() if mark != before[name])


@contextmanager
def kept_stores(servers: Servers) -> Iterator[KeptStores]:
    """What the stores hold now, until the block ends."""
    kept = KeptStores(servers)
    try:
        yield kept
    finally:
        kept.close()
