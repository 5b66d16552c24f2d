"""Emptying the stores between tests, keeping tables, indexes and what migrations put in."""

from __future__ import annotations

import contextlib

import psycopg2
import redis
from psycopg2 import errors, extensions
from pymongo import MongoClient

from tests.servers import Servers

# Filled by migrations, not by tests.
KEPT = ("alembic_version", "permissions")
TRIES = 3
WIPES_PER_TRUNCATION = 50
TABLES = """
SELECT quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename NOT IN %s
"""
HAS_STATISTICS = """
SELECT EXISTS (SELECT FROM pg_class WHERE oid = ANY (CAST(%s AS regclass[])) AND reltuples >= 0)
"""


class Wiper:
    """Connections of its own to the three stores, so that no test can leave them in a transaction.

    Rows are deleted, a tenth of the work of truncating. PostgreSQL must not count what that leaves behind: tables of
    many pages without a row are planned for one row whatever is written to them later, and joins of a thousand rows
    then take seconds. So it counts only where a test asks for it (``ANALYZE``), and truncating makes it forget the
    count before the next test.
    """

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._mongo: MongoClient[dict[str, object]] = MongoClient(servers.mongodb_uri)
        self._redis = redis.Redis.from_url(servers.redis_url)
        self._postgres = connect_as_replica(self._servers.database_url)
        with self._postgres.cursor() as cursor:
            self._tables = table_names(cursor)
            for name in self._tables:
                cursor.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = off)")
        self._delete = ";".join(f"DELETE FROM {name}" for name in self._tables)
        self._wipes = 0

    def wipe(self) -> None:
        """Delete every row, document and key."""
        self._delete_rows()
        self._wipes += 1
        if self._wipes % WIPES_PER_TRUNCATION == 0 or self._have_statistics():
            self._truncate()
        database = self._mongo.get_default_database()
        for name in database.list_collection_names():
            database[name].delete_many({})
        self._redis.flushdb()

    def close(self) -> None:
        """Close the connections."""
        self._postgres.close()
        self._mongo.close()
        self._redis.close()

    def _delete_rows(self) -> None:
        if self._postgres.closed:
            self._postgres = connect_as_replica(self._servers.database_url)
        for tries_left in reversed(range(TRIES)):
            try:
                with self._postgres.cursor() as cursor:
                    cursor.execute(self._delete)
            except errors.DeadlockDetected:  # with a request that a closed browser left under way
                if not tries_left:
                    raise
            else:
                return

    def _have_statistics(self) -> bool:
        with self._postgres.cursor() as cursor:
            cursor.execute(HAS_STATISTICS, (self._tables,))
            (found,) = cursor.fetchone() or (False,)
        return bool(found)

    def _truncate(self) -> None:
        """Make the empty tables as new; the next wipe tries again where a request is still under way."""
        with (
            self._postgres.cursor() as cursor,
            contextlib.suppress(errors.DeadlockDetected, errors.LockNotAvailable),
        ):
            cursor.execute(f"TRUNCATE {', '.join(self._tables)}")


def table_names(cursor: extensions.cursor) -> list[str]:
    """The tables that tests fill, quoted."""
    cursor.execute(TABLES, (KEPT,))
    return [name for (name,) in cursor.fetchall()]


def connect_as_replica(database_url: str) -> extensions.connection:
    """A connection that commits each statement and, as a replica does, leaves the triggers out.

    They guard the audit tables against what tests do here, and the foreign keys would prescribe an order.
    """
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET lock_timeout = '5s'")
    return connection
