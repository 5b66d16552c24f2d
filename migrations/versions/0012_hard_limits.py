"""WIP limits warn, unless a board makes them hard; the permission `task.exceed_limit` overrides hard ones.

Limits were hard on every board. From now on they are soft, so that a limit shows where work piles up and stops nobody.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.permissions import add_permission, remove_permission

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = 25


def upgrade() -> None:
    """Add the column, and the permission for the admins of the teams that exist."""
    op.add_column(
        "boards",
        sa.Column("hard_limits", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    add_permission(
        op,
        number=NUMBER,
        name="task.exceed_limit",
        description="Move tasks into a full column of a board whose limits are hard",
        roles=("admin",),
    )


def downgrade() -> None:
    """All limits are hard again."""
    remove_permission(op, number=NUMBER)
    op.drop_column("boards", "hard_limits")
