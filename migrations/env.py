"""Alembic's entry: runs the migrations on the application's own engine, one at a time for all processes."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import text

MIGRATION_LOCK = 7_301_000

db = current_app.extensions["migrate"].db


def run_migrations() -> None:
    """Upgrade under an advisory lock: two releases that start at once must not migrate side by side."""
    with db.engine.connect() as connection:
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.execute(text("SET lock_timeout = '30s'"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=db.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.execute(text("RESET statement_timeout"))
        connection.execute(text("RESET lock_timeout"))
        connection.commit()


run_migrations()
