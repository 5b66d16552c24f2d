"""foundation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_claims",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.UUID(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_admin_claims")),
    )
    op.create_table(
        "audit_logs",
        sa.Column("log_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("event", sa.String(length=48), nullable=False),
        sa.Column("entity_type", sa.String(length=16), nullable=False),
        sa.Column("entity_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("entity_version", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("action_timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("new_state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ip_address", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.String(length=400), nullable=True),
        sa.Column("team_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("board_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("board_seq", sa.BigInteger(), nullable=True),
        sa.Column("operation_id", sa.UUID(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_audit_logs")),
        sa.UniqueConstraint("board_id", "board_seq", name=op.f("uq_audit_logs_board_id_board_seq")),
        sa.UniqueConstraint(
            "entity_type",
            "entity_id",
            "entity_version",
            name=op.f("uq_audit_logs_entity_type_entity_id_entity_version"),
        ),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_logs_event_id")),
    )
    op.create_index(
        op.f("ix_audit_logs_action_timestamp"), "audit_logs", ["action_timestamp"], unique=False
    )
    op.create_index("ix_audit_logs_entity", "audit_logs", ["entity_id", "log_id"], unique=False)
    op.create_index("ix_audit_logs_team", "audit_logs", ["team_id", "log_id"], unique=False)
    op.create_table(
        "notification_intents",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", "user_id", name=op.f("pk_notification_intents")),
    )
    op.create_index(
        "ix_notification_intents_due",
        "notification_intents",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "operations",
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("op_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("user_id", "op_id", name=op.f("pk_operations")),
    )
    op.create_index(op.f("ix_operations_created_at"), "operations", ["created_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("outbox_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity_type", sa.String(length=16), nullable=False),
        sa.Column("entity_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("register", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "claimed_until",
            sa.DateTime(timezone=True),
            server_default=sa.text("'-infinity'"),
            nullable=False,
        ),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "entity_id", "register", "version", name=op.f("uq_outbox_entity_id_register_version")
        ),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["claimed_until"],
        unique=False,
        postgresql_where=sa.text("parked_at IS NULL"),
    )
    op.create_table(
        "outbox_redo",
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("entity_type", sa.String(length=16), nullable=False),
        sa.Column("entity_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("register", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column(
            "applied_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox_redo")),
    )
    op.create_index(op.f("ix_outbox_redo_applied_at"), "outbox_redo", ["applied_at"], unique=False)
    op.create_index(
        "ix_outbox_redo_entity", "outbox_redo", ["entity_id", "register", "version"], unique=False
    )
    op.create_table(
        "permissions",
        sa.Column("permission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("permission_id", name=op.f("pk_permissions")),
        sa.UniqueConstraint("name", name=op.f("uq_permissions_name")),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("display_name", sa.String(length=161), nullable=False),
        sa.Column("theme", sa.String(length=8), server_default="system", nullable=False),
        sa.Column("is_site_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("doc_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("doc_sha", sa.LargeBinary(), nullable=False),
        sa.Column("core_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("theme IN ('light', 'dark', 'system')", name=op.f("ck_users_theme")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_folded")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "audit_chain",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["log_id"], ["audit_logs.log_id"], name=op.f("fk_audit_chain_log_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("log_id", name=op.f("uq_audit_chain_log_id")),
    )
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_notifications_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("event_id", "user_id", name=op.f("uq_notifications_event_id_user_id")),
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_notifications_user", "notifications", ["user_id", "notification_id"], unique=False
    )
    op.create_table(
        "teams",
        sa.Column("team_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("parent_team_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("created_by", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("parent_team_id <> team_id", name=op.f("ck_teams_not_own_parent")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.user_id"], name=op.f("fk_teams_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["parent_team_id"], ["teams.team_id"], name=op.f("fk_teams_parent_team_id")
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_teams")),
    )
    op.create_table(
        "user_sessions",
        sa.Column("session_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("sid_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("ip_address", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.String(length=400), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('browser', 'api')", name=op.f("ck_user_sessions_kind")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_user_sessions_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("sid_hash", name=op.f("uq_user_sessions_sid_hash")),
    )
    op.create_index(
        "ix_user_sessions_live",
        "user_sessions",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "boards",
        sa.Column("board_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("team_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_prefix", sa.String(length=6), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_number", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "key_prefix ~ '^[A-Z][A-Z0-9]{1,5}$'", name=op.f("ck_boards_key_prefix")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name=op.f("fk_boards_team_id")),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_boards")),
        sa.UniqueConstraint("team_id", "key_prefix", name=op.f("uq_boards_team_id_key_prefix")),
    )
    op.create_index(op.f("ix_boards_team_id"), "boards", ["team_id"], unique=False)
    op.create_table(
        "role_permissions",
        sa.Column("team_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'member', 'guest')", name=op.f("ck_role_permissions_role")
        ),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["permissions.permission_id"],
            name=op.f("fk_role_permissions_permission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.team_id"], name=op.f("fk_role_permissions_team_id")
        ),
        sa.PrimaryKeyConstraint(
            "team_id", "role", "permission_id", name=op.f("pk_role_permissions")
        ),
    )
    op.create_table(
        "team_memberships",
        sa.Column("team_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'member', 'guest')", name=op.f("ck_team_memberships_role")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.team_id"], name=op.f("fk_team_memberships_team_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_team_memberships_user_id")
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_memberships")),
    )
    op.create_index(
        op.f("ix_team_memberships_user_id"), "team_memberships", ["user_id"], unique=False
    )
    op.create_table(
        "columns",
        sa.Column("column_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("board_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("hue", sa.Integer(), nullable=False),
        sa.Column("wip_limit", sa.Integer(), nullable=True),
        sa.Column("rank", sa.String(length=255, collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('backlog','todo','in_progress','in_review','done')",
            name=op.f("ck_columns_status"),
        ),
        sa.CheckConstraint("hue BETWEEN 1 AND 6", name=op.f("ck_columns_hue")),
        sa.CheckConstraint("wip_limit BETWEEN 1 AND 999", name=op.f("ck_columns_wip_limit")),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.board_id"], name=op.f("fk_columns_board_id")
        ),
        sa.PrimaryKeyConstraint("column_id", name=op.f("pk_columns")),
        sa.UniqueConstraint("board_id", "rank", name=op.f("uq_columns_board_id_rank")),
    )
    op.create_index("ix_columns_board_id", "columns", ["board_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("team_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("board_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("column_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.String(length=255, collation="C"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("priority", sa.String(length=8), server_default="medium", nullable=False),
        sa.Column("assignee_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("created_by", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("doc_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("doc_sha", sa.LargeBinary(), nullable=False),
        sa.Column(
            "tags",
            postgresql.ARRAY(sa.String(length=40)),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("comment_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attachment_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("checklist_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("checklist_total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "priority IN ('low','medium','high','urgent')", name=op.f("ck_tasks_priority")
        ),
        sa.CheckConstraint(
            "status IN ('backlog','todo','in_progress','in_review','done')",
            name=op.f("ck_tasks_status"),
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.user_id"], name=op.f("fk_tasks_assignee_id")
        ),
        sa.ForeignKeyConstraint(["board_id"], ["boards.board_id"], name=op.f("fk_tasks_board_id")),
        sa.ForeignKeyConstraint(
            ["column_id"], ["columns.column_id"], name=op.f("fk_tasks_column_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.user_id"], name=op.f("fk_tasks_created_by")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name=op.f("fk_tasks_team_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("board_id", "number", name=op.f("uq_tasks_board_id_number")),
    )
    op.create_index(
        "ix_tasks_assignee",
        "tasks",
        ["assignee_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_tasks_deleted_at",
        "tasks",
        ["deleted_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_place",
        "tasks",
        ["board_id", "column_id", "rank"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix_tasks_team", "tasks", ["team_id", "task_id"], unique=False)
    op.create_table(
        "comments",
        sa.Column("comment_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("author_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("doc_sha", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.user_id"], name=op.f("fk_comments_author_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.task_id"], name=op.f("fk_comments_task_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_task", "comments", ["task_id", "comment_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_comments_task", table_name="comments")
    op.drop_table("comments")
    op.drop_index("ix_tasks_team", table_name="tasks")
    op.drop_index(
        "ix_tasks_place", table_name="tasks", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_index(
        "ix_tasks_deleted_at",
        table_name="tasks",
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_tasks_assignee", table_name="tasks", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_table("tasks")
    op.drop_index("ix_columns_board_id", table_name="columns")
    op.drop_table("columns")
    op.drop_index(op.f("ix_team_memberships_user_id"), table_name="team_memberships")
    op.drop_table("team_memberships")
    op.drop_table("role_permissions")
    op.drop_index(op.f("ix_boards_team_id"), table_name="boards")
    op.drop_table("boards")
    op.drop_index(
        "ix_user_sessions_live",
        table_name="user_sessions",
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_table("user_sessions")
    op.drop_table("teams")
    op.drop_index("ix_notifications_user", table_name="notifications")
    op.drop_index(
        "ix_notifications_unread",
        table_name="notifications",
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_table("notifications")
    op.drop_table("audit_chain")
    op.drop_table("users")
    op.drop_table("permissions")
    op.drop_index("ix_outbox_redo_entity", table_name="outbox_redo")
    op.drop_index(op.f("ix_outbox_redo_applied_at"), table_name="outbox_redo")
    op.drop_table("outbox_redo")
    op.drop_index(
        "ix_outbox_due", table_name="outbox", postgresql_where=sa.text("parked_at IS NULL")
    )
    op.drop_table("outbox")
    op.drop_index(op.f("ix_operations_created_at"), table_name="operations")
    op.drop_table("operations")
    op.drop_index(
        "ix_notification_intents_due",
        table_name="notification_intents",
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.drop_table("notification_intents")
    op.drop_index("ix_audit_logs_team", table_name="audit_logs")
    op.drop_index("ix_audit_logs_entity", table_name="audit_logs")
    op.drop_index(op.f("ix_audit_logs_action_timestamp"), table_name="audit_logs")
    op.drop_table("audit_logs")
    op.drop_table("admin_claims")
