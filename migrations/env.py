"""Alembic's entry: runs the migrations, one at a time for all processes, under the role that owns the tables."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import text

from taskforge.extensions import config_of
from taskforge.stores.roles import grant_to_application, migration_engine

MIGRATION_LOCK = 7_301_000

db = current_app.extensions["migrate"].db
settings = config_of(current_app)


def run_migrations() -> None:
    """Upgrade under an advisory lock: two releases that start at once must not migrate side by side."""
    with migration_engine(settings).connect() as connection:
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.execute(text("SET lock_timeout = '30s'"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=db.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
            grant_to_application(connection, settings)
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.execute(text("RESET statement_timeout"))
        connection.execute(text("RESET lock_timeout"))
        connection.commit()


run_migrations()
