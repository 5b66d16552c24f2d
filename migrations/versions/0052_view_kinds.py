"""Saved views of calendars and timelines."""

from __future__ import annotations

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

NAME = "ck_saved_views_kind"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "saved_views", type_="check")
    op.create_check_constraint(
        op.f(NAME), "saved_views", "kind IN ('board','table','calendar','timeline')"
    )


def downgrade() -> None:
    # What the older code can't show goes: the constraint would refuse it.
    op.execute("DELETE FROM saved_views WHERE kind NOT IN ('board','table')")
    op.drop_constraint(op.f(NAME), "saved_views", type_="check")
    op.create_check_constraint(op.f(NAME), "saved_views", "kind IN ('board','table')")
