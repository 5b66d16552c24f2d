"""Teams get the permission `board.activity`: admins and members of every team hold it."""

from __future__ import annotations

from alembic import op

from migrations.permissions import add_permission, remove_permission

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = 13


def upgrade() -> None:
    """Add it to the catalogue, and give it to the teams that exist."""
    add_permission(
        op,
        number=NUMBER,
        name="board.activity",
        description="See the activity of a board: who changed what, and when",
        roles=("admin", "member"),
    )


def downgrade() -> None:
    """Take it away from all teams."""
    remove_permission(op, number=NUMBER)
