"""Exports and deletions of accounts, and the erasure of what the audit log says of a person who has left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
UUID = sa.UUID(as_uuid=False)
# Called with the event as it is to be; with separate roles it is the only way to change an event.
ERASE = """
    CREATE FUNCTION taskforge_erase_event(
        erased_id bigint, previous jsonb, new jsonb, drops_client boolean, new_hash bytea)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM account_erasures WHERE finished_at IS NULL) THEN
            RAISE EXCEPTION 'no account is being deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        INSERT INTO audit_erasures (log_id, hash, erased_at)
        VALUES (erased_id, new_hash, now())
        ON CONFLICT (log_id) DO UPDATE SET hash = EXCLUDED.hash, erased_at = EXCLUDED.erased_at;
        UPDATE audit_logs
        SET    previous_state = previous, new_state = new,
               ip_address = CASE WHEN NOT drops_client THEN ip_address END,
               user_agent = CASE WHEN NOT drops_client THEN user_agent END
        WHERE  log_id = erased_id;
    END $$
"""
# Who, what and when of an event can't be changed, and no address or agent be put in the place of another one.
REFUSE = """
    CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM audit_erasures e WHERE e.log_id = OLD.log_id AND e.erased_at = now())
           AND to_jsonb(NEW) - '{previous_state,new_state,ip_address,user_agent}'::text[]
               = to_jsonb(OLD) - '{previous_state,new_state,ip_address,user_agent}'::text[]
           AND coalesce(NEW.ip_address = OLD.ip_address, NEW.ip_address IS NULL)
           AND coalesce(NEW.user_agent = OLD.user_agent, NEW.user_agent IS NULL) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
"""


def upgrade() -> None:
    """Create the tables and the one way to change an event. Processes of before know none of it."""
    op.add_column("users", sa.Column("deleted_at", INSTANT))
    op.execute(
        "ALTER TABLE users ADD CONSTRAINT ck_users_deleted"
        " CHECK (deleted_at IS NULL OR suspended_at IS NOT NULL) NOT VALID"
    )
    op.execute("ALTER TABLE users VALIDATE CONSTRAINT ck_users_deleted")
    op.create_table(
        "account_exports",
        sa.Column("export_id", UUID, nullable=False),
        sa.Column("user_id", UUID, nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("failed_at", INSTANT),
        sa.Column("section", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("cursor", sa.String(40)),
        sa.Column("parts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("size", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("records", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("retry_at", INSTANT, nullable=False, server_default=sa.text("'-infinity'")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_account_exports_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_account_exports")),
    )
    op.create_index("ix_account_exports_user", "account_exports", ["user_id", "requested_at"])
    op.create_index(
        "ix_account_exports_due",
        "account_exports",
        ["requested_at"],
        postgresql_where=sa.text("finished_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "account_export_parts",
        sa.Column("export_id", UUID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("packed_size", sa.Integer(), nullable=False),
        sa.Column("full_size", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["account_exports.export_id"],
            name=op.f("fk_account_export_parts_export_id_account_exports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_account_export_parts")),
    )
    op.create_table(
        "account_erasures",
        sa.Column("user_id", UUID, nullable=False),
        sa.Column("event_id", UUID, nullable=False),
        sa.Column("address", sa.String(254)),
        sa.Column("team_ids", sa.ARRAY(UUID), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("last_log_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("finished_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_account_erasures_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_account_erasures")),
    )
    op.create_table(
        "audit_erasures",
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["log_id"], ["audit_logs.log_id"], name=op.f("fk_audit_erasures_log_id_audit_logs")
        ),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_audit_erasures")),
    )
    op.execute(ERASE)
    op.execute(REFUSE)
    op.execute("DROP TRIGGER audit_logs_append_only ON audit_logs")
    op.execute(
        "CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure()"
    )


def downgrade() -> None:
    """Drop them. Events that were erased stay so, and their links do not verify any more."""
    op.execute("DROP TRIGGER audit_logs_append_only ON audit_logs")
    op.execute(
        "CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP FUNCTION refuse_change_but_erasure()")
    op.execute("DROP FUNCTION taskforge_erase_event(bigint, jsonb, jsonb, boolean, bytea)")
    for table in (
        "audit_erasures",
        "account_erasures",
        "account_export_parts",
        "account_exports",
    ):
        op.drop_table(table)
    op.drop_constraint("ck_users_deleted", "users")
    op.drop_column("users", "deleted_at")
