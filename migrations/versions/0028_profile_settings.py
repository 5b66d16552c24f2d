"""Profile fields that every page needs, copied to the account: picture, time zone, first day of the week.

And an index by which a person's latest changes on a board are found, for the pages of people.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INDEX = "ix_audit_logs_board_actor"
CHECK = "week_start IN ('monday', 'saturday', 'sunday')"


def upgrade() -> None:
    """Add the columns; processes of before write the default of each."""
    op.add_column("users", sa.Column("picture", sa.String(32)))
    op.add_column("users", sa.Column("time_zone", sa.String(64)))
    op.add_column(
        "users", sa.Column("week_start", sa.String(9), server_default="monday", nullable=False)
    )
    op.execute(
        f"ALTER TABLE users ADD CONSTRAINT ck_users_week_start CHECK ({CHECK}) NOT VALID"
    )
    op.execute("ALTER TABLE users VALIDATE CONSTRAINT ck_users_week_start")
    with op.get_context().autocommit_block():
        op.create_index(
            INDEX,
            "audit_logs",
            ["board_id", "actor_id", "board_seq"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    """The profiles keep what was chosen."""
    op.drop_index(INDEX, "audit_logs")
    for name in ("week_start", "time_zone", "picture"):
        op.drop_column("users", name)
