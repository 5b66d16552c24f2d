"""Guests who are limited to named boards, and private boards: the people that a board names.

Both are off everywhere at first. Code of before does not know them: while it still runs, it shows what it showed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns and the table."""
    op.add_column(
        "team_memberships",
        sa.Column("is_limited", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_team_memberships_limited_guest"),
        "team_memberships",
        "role = 'guest' OR NOT is_limited",
    )
    op.add_column(
        "boards",
        sa.Column("is_private", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_table(
        "board_people",
        sa.Column("board_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("board_id", "user_id", name=op.f("pk_board_people")),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.board_id"], name=op.f("fk_board_people_board_id_boards")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_board_people_user_id_users")
        ),
    )
    op.create_index("ix_board_people_user_id", "board_people", ["user_id"])


def downgrade() -> None:
    """Everybody in a team sees all of its boards again."""
    op.drop_table("board_people")
    op.drop_column("boards", "is_private")
    op.drop_constraint(op.f("ck_team_memberships_limited_guest"), "team_memberships")
    op.drop_column("team_memberships", "is_limited")
