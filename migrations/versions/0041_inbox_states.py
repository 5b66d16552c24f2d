"""Lines of an inbox can be put off and archived, and the cards of an inbox are listed by their latest line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# The place of a line in its inbox: its id, or the one that it got when it came back.
PLACE = sa.text("coalesce(place_id, notification_id)")
STATES = {
    "inbox": "archived_at IS NULL AND snoozed_until IS NULL",
    "unread_places": "read_at IS NULL",
    "snoozed": "snoozed_until IS NOT NULL",
    "archived": "archived_at IS NOT NULL",
}


def upgrade() -> None:
    """The columns are empty at first, so that no row is rewritten; the old code ignores them."""
    for name in ("snoozed_until", "snoozed_at", "archived_at"):
        op.add_column("notifications", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("notifications", sa.Column("place_id", sa.Uuid(as_uuid=False)))
    op.execute("""
        ALTER TABLE notifications
        ADD CONSTRAINT ck_notifications_one_state CHECK (
            num_nonnulls(snoozed_until, archived_at) <= 1
            AND (snoozed_until IS NULL) = (snoozed_at IS NULL)
        ) NOT VALID
    """)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE notifications VALIDATE CONSTRAINT ck_notifications_one_state")
        for name, condition in STATES.items():
            _create_index(name, ["user_id", PLACE], condition)
        _create_index(
            "card",
            ["user_id", sa.text("(payload ->> 'task_id')"), PLACE],
            "payload ->> 'task_id' IS NOT NULL",
        )
        _create_index("due", ["snoozed_until"], "snoozed_until IS NOT NULL")
        op.drop_index(
            "ix_notifications_unread",
            table_name="notifications",
            postgresql_concurrently=True,
            if_exists=True,
        )


def downgrade() -> None:
    """What is put off or archived is in the inbox again."""
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    for name in (*STATES, "card", "due"):
        op.drop_index(f"ix_notifications_{name}", table_name="notifications")
    op.drop_constraint(op.f("ck_notifications_one_state"), "notifications")
    for name in ("place_id", "archived_at", "snoozed_at", "snoozed_until"):
        op.drop_column("notifications", name)


def _create_index(name: str, columns: list[str | sa.TextClause], condition: str) -> None:
    op.create_index(
        f"ix_notifications_{name}",
        "notifications",
        columns,
        postgresql_where=sa.text(condition),
        postgresql_concurrently=True,
        if_not_exists=True,
    )
