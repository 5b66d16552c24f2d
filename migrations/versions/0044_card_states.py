"""The lines about one card are found by the state that a list shows, however many it has in others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

CARD = sa.text("(payload ->> 'task_id')")
PLACE = sa.text("coalesce(place_id, notification_id)")
HAS_CARD = "payload ->> 'task_id' IS NOT NULL"
STATES = {
    "inbox": "archived_at IS NULL AND snoozed_until IS NULL",
    "unread_places": "read_at IS NULL",
    "snoozed": "snoozed_until IS NOT NULL",
    "archived": "archived_at IS NOT NULL",
}


def upgrade() -> None:
    """Four small indexes in place of one, and one of the sweep alone; the old code needs none of them by its name."""
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_notifications_return",
            "notifications",
            ["snoozed_until"],
            postgresql_where=sa.text("snoozed_at IS NOT NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        for name, condition in STATES.items():
            op.create_index(
                f"ix_notifications_card_{name}",
                "notifications",
                ["user_id", CARD, PLACE],
                postgresql_where=sa.text(f"{condition} AND {HAS_CARD}"),
                postgresql_concurrently=True,
                if_not_exists=True,
            )
        for name in ("ix_notifications_card", "ix_notifications_due"):
            op.drop_index(
                name, table_name="notifications", postgresql_concurrently=True, if_exists=True
            )


def downgrade() -> None:
    op.create_index(
        "ix_notifications_card",
        "notifications",
        ["user_id", CARD, PLACE],
        postgresql_where=sa.text(HAS_CARD),
    )
    op.create_index(
        "ix_notifications_due",
        "notifications",
        ["snoozed_until"],
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.drop_index("ix_notifications_return", table_name="notifications")
    for name in STATES:
        op.drop_index(f"ix_notifications_card_{name}", table_name="notifications")
