"""The helper of migrations that adds a permission, on the real database."""

from __future__ import annotations

import runpy

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask

from migrations.permissions import add_permission, remove_permission
from taskforge.dev.commands import ROOT
from taskforge.extensions import db
from tests.factories import Person, Team, make_team


def operations(connection: sa.Connection) -> Operations:
    """What a migration is given."""
    return Operations(MigrationContext.configure(connection))


def test_the_catalogue_in_the_database_is_that_of_the_code(app: Flask) -> None:
    from taskforge.teams.permissions import Permission

    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT name, permission_id, description FROM permissions")
        )
        assert {tuple(row) for row in rows} == {
            (one.value, one.number, one.description) for one in Permission
        }


@pytest.mark.parametrize("roles", [("admin",), ("admin", "member", "guest")])
def test_existing_teams_get_a_new_permission_by_its_defaults(
    app: Flask, ada: Person, bob: Person, team: Team, roles: tuple[str, ...]
) -> None:
    other = make_team(bob)
    with app.app_context(), db.engine.connect() as connection:
        op = operations(connection)
        add_permission(op, number=99, name="team.test", description="Try it", roles=roles)
        held = connection.execute(
            sa.text("SELECT team_id, role FROM role_permissions WHERE permission_id = 99")
        )
        assert {tuple(row) for row in held} == {
            (team_id, role) for team_id in (team.team_id, other.team_id) for role in roles
        }
        remove_permission(op, number=99)
        for table in ("permissions", "role_permissions"):
            left = sa.text(f"SELECT count(*) FROM {table} WHERE permission_id = 99")
            assert connection.execute(left).scalar() == 0
        connection.rollback()


def test_every_migration_of_a_permission_gives_it_by_its_defaults(
    app: Flask, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A team that is there when the migration runs ends up like one that is founded after it."""
    versions = ROOT / "migrations" / "versions"
    added = [path for path in versions.glob("*.py") if "add_permission" in path.read_text()]
    assert added
    with app.app_context(), db.engine.connect() as connection:
        founded = matrix(connection, team)
        for path in added:
            migration = runpy.run_path(str(path))
            for name in ("downgrade", "upgrade"):
                monkeypatch.setitem(migration[name].__globals__, "op", operations(connection))
                migration[name]()
        assert matrix(connection, team) == founded
        connection.rollback()


def matrix(connection: sa.Connection, team: Team) -> set[tuple[str, int]]:
    """What each role holds in a team."""
    rows = connection.execute(
        sa.text("SELECT role, permission_id FROM role_permissions WHERE team_id = :team_id"),
        {"team_id": team.team_id},
    )
    return {(row.role, row.permission_id) for row in rows}
