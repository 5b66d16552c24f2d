"""Two roles of PostgreSQL: one owns the tables and migrates them, the other one runs the application.

A role that owns a table can switch its triggers off, and so the guards of the audit log. With
``DATABASE_MIGRATION_URL`` the migrations run under a role of their own, which grants the application's role what it
needs and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from taskforge.config import Config
from taskforge.extensions import db
from taskforge.stores import sql

APPEND_ONLY = ("audit_logs", "audit_chain")
READ_ONLY = ("alembic_version", "permissions", "audit_erasures")

_TABLES = text("""
    SELECT tablename
    FROM   pg_tables
    WHERE  schemaname = current_schema()
    ORDER  BY tablename
""")
_DESCRIBE = text("""
    SELECT current_user AS role,
           (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
           EXISTS (SELECT FROM pg_tables
                   WHERE  schemaname = current_schema()
                          AND pg_has_role(tableowner, 'MEMBER')) AS owns_tables,
           has_table_privilege('audit_logs', 'UPDATE, DELETE, TRUNCATE') AS may_change_log,
           has_table_privilege('audit_chain', 'UPDATE, DELETE, TRUNCATE') AS may_change_chain
""")


@dataclass(frozen=True)
class RoleReport:
    """Whether the application's role is apart from the owner of the tables, and a sentence about it."""

    is_separate: bool
    sentence: str


def migration_engine(config: Config) -> Engine:
    """The engine that migrations run on: of ``DATABASE_MIGRATION_URL`` if it is set, else the application's."""
    if not config.database_migration_url:
        return db.engine
    return create_engine(config.sqlalchemy_migration_url, hide_parameters=True)


def grant_to_application(connection: Connection, config: Config) -> None:
    """Grant the application's role its rights on all tables, after a migration by another role; else do nothing.

    `connection` is of the tables' owner, inside the migration's transaction, so that a new table is never without.
    """
    role = make_url(config.sqlalchemy_url).username
    if not config.database_migration_url or not role:
        return
    if role == connection.scalar(text("SELECT current_user")):
        return
    quote = connection.dialect.identifier_preparer.quote_identifier
    grantee = quote(role)
    for table in connection.scalars(_TABLES).all():
        name = quote(table)
        connection.execute(text(f"REVOKE ALL ON {name} FROM {grantee}"))
        connection.execute(text(f"GRANT {_rights_on(table)} ON {name} TO {grantee}"))
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {grantee}"))


def describe_role() -> RoleReport:
    """What the application's role could do to the tables beyond what it needs."""
    found = sql.row(_DESCRIBE, {})
    assert found is not None
    role = f"The role of the application ({found['role']})"
    if found["is_superuser"]:
        return RoleReport(False, f"{role} is a superuser of PostgreSQL.")
    if found["owns_tables"]:
        return RoleReport(
            False, f"{role} owns the tables, so it could switch the audit log's guards off."
        )
    if found["may_change_log"] or found["may_change_chain"]:
        return RoleReport(False, f"{role} does not own the tables, but may change the audit log.")
    return RoleReport(True, f"{role} does not own the tables, and can only add to the audit log.")


def _rights_on(table: str) -> str:
    if table in READ_ONLY:
        return "SELECT"
    return "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
