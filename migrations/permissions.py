"""What a migration calls to add a permission. Everything is passed: a migration must not change with the catalogue."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa


def add_permission(
    op: Any, *, number: int, name: str, description: str, roles: Collection[str]
) -> None:
    """Add a permission to the catalogue, and give it to these roles of every team that exists."""
    connection = op.get_bind()
    connection.execute(
        sa.text(
            """
            INSERT INTO permissions (permission_id, name, description)
            VALUES (:number, :name, :description)
            """
        ),
        {"number": number, "name": name, "description": description},
    )
    connection.execute(
        sa.text(
            """
            INSERT INTO role_permissions (team_id, role, permission_id)
            SELECT t.team_id, r.role, :number
            FROM teams t CROSS JOIN unnest(CAST(:roles AS text[])) AS r (role)
            """
        ),
        {"number": number, "roles": list(roles)},
    )


def remove_permission(op: Any, *, number: int) -> None:
    """Take a permission out of the catalogue and away from every role of every team."""
    connection = op.get_bind()
    for table in ("role_permissions", "permissions"):
        connection.execute(
            sa.text(f"DELETE FROM {table} WHERE permission_id = :number"), {"number": number}
        )
