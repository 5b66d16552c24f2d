"""Emptying the stores between tests, keeping tables, indexes and what migrations put in."""

from __future__ import annotations

import psycopg2
import redis
from psycopg2 import errors, extensions
from pymongo import MongoClient

from tests.servers import Servers

# Filled by migrations, not by tests.
KEPT = ("alembic_version", "permissions")
TRIES = 3
TABLES = """
SELECT quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename NOT IN %s
"""


class Wiper:
    """Connections of its own to the three stores, so that no test can leave them in a transaction."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._mongo: MongoClient[dict[str, object]] = MongoClient(servers.mongodb_uri)
        self._redis = redis.Redis.from_url(servers.redis_url)
        self._postgres = self._connect()
        with self._postgres.cursor() as cursor:
            cursor.execute(TABLES, (KEPT,))
            tables = [name for (name,) in cursor.fetchall()]
        self._delete = ";".join(f"DELETE FROM {name}" for name in tables)

    def wipe(self) -> None:
        """Delete every row, document and key."""
        self._delete_rows()
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
            self._postgres = self._connect()
        for tries_left in reversed(range(TRIES)):
            try:
                with self._postgres.cursor() as cursor:
                    cursor.execute(self._delete)
            except errors.DeadlockDetected:  # with a request that a closed browser left under way
                if not tries_left:
                    raise
            else:
                return

    def _connect(self) -> extensions.connection:
        connection = psycopg2.connect(self._servers.database_url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            # As a replica does, leave the triggers out: they guard the audit tables against this,
            # and the foreign keys would prescribe an order.
            cursor.execute("SET session_replication_role = replica; SET lock_timeout = '5s'")
        return connection
