"""What tests leave behind for each other: no rows, and nothing that makes PostgreSQL plan for no rows."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from taskforge.stores import sql
from tests.wiping import KEPT, Wiper

COUNTED_ROWS = text("SELECT reltuples FROM pg_class WHERE oid = 'teams'::regclass")
COUNTED_BY_AUTOVACUUM = text("""
    SELECT relname
    FROM   pg_class
    WHERE  relkind = 'r' AND relnamespace = 'public'::regnamespace
           AND NOT coalesce(reloptions, '{}') @> '{autovacuum_enabled=off}'
""")


def test_what_a_test_lets_count_is_forgotten(app: Flask, wiper: Wiper) -> None:
    with app.app_context():
        sql.execute_now(text("ANALYZE teams"), {})
        assert sql.scalar(COUNTED_ROWS) == 0
        wiper.wipe()
        assert sql.scalar(COUNTED_ROWS) == -1


def test_nothing_is_counted_amid_a_test(app: Flask) -> None:
    with app.app_context():
        assert {row["relname"] for row in sql.rows(COUNTED_BY_AUTOVACUUM)} == set(KEPT)
