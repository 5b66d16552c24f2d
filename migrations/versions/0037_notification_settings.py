"""How people want to be notified, for SQL: copies of the preferences that profiles hold.

What somebody chose before is copied from the audit event of their latest choice.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# Whoever has changed their profile has a version above 1; their latest event that names preferences is found by index.
CHOSEN = """
    INSERT INTO notification_settings (user_id, email, push, frequency, version)
    SELECT u.user_id, coalesce(CAST(l.chosen ->> 'email' AS boolean), true),
           coalesce(CAST(l.chosen ->> 'push' AS boolean), true), coalesce(l.chosen ->> 'frequency', 'immediate'),
           l.entity_version
    FROM   users u
           CROSS JOIN LATERAL (
               SELECT l.new_state -> 'preferences' -> 'notifications' AS chosen, l.entity_version
               FROM   audit_logs l
               WHERE  l.entity_type = 'user' AND l.entity_id = u.user_id AND l.event = 'user.profile_edited'
                      AND l.new_state -> 'preferences' -> 'notifications' IS NOT NULL
               ORDER  BY l.entity_version DESC
               LIMIT  1) l
    WHERE  u.version > 1 AND u.deleted_at IS NULL
           AND NOT l.chosen @> jsonb '{"email": true, "push": true, "frequency": "immediate"}'
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Add the table; no row of it means the defaults, so nobody else gets one."""
    op.create_table(
        "notification_settings",
        sa.Column("user_id", UUID(as_uuid=False), nullable=False),
        sa.Column("email", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("push", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("frequency", sa.String(9), server_default="immediate", nullable=False),
        sa.Column("digest_hour", sa.SmallInteger(), server_default=sa.text("8"), nullable=False),
        sa.Column(
            "digest_weekday", sa.SmallInteger(), server_default=sa.text("1"), nullable=False
        ),
        sa.Column("quiet_from", sa.Time()),
        sa.Column("quiet_until", sa.Time()),
        sa.Column("matrix", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('immediate', 'hourly', 'daily', 'weekly')",
            name=op.f("ck_notification_settings_frequency"),
        ),
        sa.CheckConstraint(
            "digest_hour BETWEEN 0 AND 23", name=op.f("ck_notification_settings_digest_hour")
        ),
        sa.CheckConstraint(
            "digest_weekday BETWEEN 1 AND 7", name=op.f("ck_notification_settings_digest_weekday")
        ),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL) AND (quiet_from <> quiet_until) IS NOT FALSE",
            name=op.f("ck_notification_settings_quiet_hours"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(matrix) = 'object'", name=op.f("ck_notification_settings_matrix")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_notification_settings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_settings")),
    )
    op.execute(CHOSEN)


def downgrade() -> None:
    """The profiles keep what was chosen."""
    op.drop_table("notification_settings")
