"""Mails of notifications: the lines that are to be mailed, and the mails that they go with; settings ahead of profiles.

Triggers note, in the transaction of the change, that somebody has changed when they want mail: whichever service did it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("sent_at IS NULL AND parked_at IS NULL")
WHEN_WANTED = "frequency, {0}.digest_hour, {0}.digest_weekday, {0}.quiet_from, {0}.quiet_until"


def upgrade() -> None:
    """Add the tables, the function and its triggers."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "notification_bundles",
        sa.Column("bundle_id", UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", UUID(as_uuid=False), nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("reschedule_from", instant),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("claimed_until", instant, server_default="-infinity", nullable=False),
        sa.Column("maybe_sent", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sent_at", instant),
        sa.Column("parked_at", instant),
        sa.Column("last_error", sa.String(300)),
        sa.Column("line_count", sa.Integer()),
        sa.Column("message", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_notification_bundles_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_notification_bundles")),
    )
    op.create_index(
        "uq_notification_bundles_open",
        "notification_bundles",
        ["user_id"],
        unique=True,
        postgresql_where=IS_OPEN,
    )
    op.create_index("ix_notification_bundles_user_id", "notification_bundles", ["user_id"])
    op.create_index(
        "ix_notification_bundles_due",
        "notification_bundles",
        [sa.text("greatest(due_at, claimed_until)")],
        postgresql_where=IS_OPEN,
    )
    op.create_index("ix_notification_bundles_created_at", "notification_bundles", ["created_at"])
    op.create_table(
        "notification_mails",
        sa.Column("notification_id", UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", UUID(as_uuid=False), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("bundle_id", UUID(as_uuid=False)),
        *[
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.{column}"],
                name=op.f(f"fk_notification_mails_{column}_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (
                ("notification_id", "notifications"),
                ("user_id", "users"),
                ("bundle_id", "notification_bundles"),
            )
        ],
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notification_mails")),
    )
    op.create_index(
        "ix_notification_mails_waiting",
        "notification_mails",
        ["user_id", "due_at"],
        postgresql_where=sa.text("bundle_id IS NULL"),
    )
    for column in ("user_id", "bundle_id"):
        op.create_index(f"ix_notification_mails_{column}", "notification_mails", [column])
    op.add_column(
        "notification_settings",
        sa.Column("is_ahead", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_index(
        "ix_notification_settings_ahead",
        "notification_settings",
        ["user_id"],
        postgresql_where=sa.text("is_ahead"),
    )
    add_triggers()


def add_triggers() -> None:
    """What a person changes at an instant counts from then on; the job takes it into account."""
    op.execute(
        """
        CREATE FUNCTION taskforge_reschedule_mails() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE notification_bundles b
            SET    reschedule_from = u.updated_at, due_at = least(b.due_at, u.updated_at)
            FROM   users u
            WHERE  u.user_id = NEW.user_id AND b.user_id = u.user_id
                   AND b.sent_at IS NULL AND b.parked_at IS NULL;
            RETURN NULL;
        END
        $$
        """
    )
    run = "FOR EACH ROW {} EXECUTE FUNCTION taskforge_reschedule_mails()"
    op.execute(
        f"CREATE TRIGGER reschedule_mails_first AFTER INSERT ON notification_settings {run.format('')}"
    )
    old, new = (f"({side}.{WHEN_WANTED.format(side)})" for side in ("OLD", "NEW"))
    changed = f"WHEN ({old} IS DISTINCT FROM {new})"
    op.execute(
        f"CREATE TRIGGER reschedule_mails AFTER UPDATE ON notification_settings {run.format(changed)}"
    )
    moved = "WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone)"
    op.execute(
        f"CREATE TRIGGER reschedule_mails AFTER UPDATE OF time_zone ON users {run.format(moved)}"
    )


def downgrade() -> None:
    """Drop them: what waits is not mailed, and stays in the inboxes."""
    for name, table in (
        ("reschedule_mails", "users"),
        ("reschedule_mails", "notification_settings"),
        ("reschedule_mails_first", "notification_settings"),
    ):
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION taskforge_reschedule_mails()")
    op.drop_index("ix_notification_settings_ahead", table_name="notification_settings")
    op.drop_column("notification_settings", "is_ahead")
    op.drop_table("notification_mails")
    op.drop_table("notification_bundles")
