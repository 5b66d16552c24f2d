"""What outbox and redo log called a register is a part of a document: `content` or `mirror`."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("outbox", "outbox_redo")


def upgrade() -> None:
    """Rename the columns, their values and the constraint that names one; both tables are small."""
    for table in TABLES:
        op.alter_column(table, "register", new_column_name="part")
        op.execute(f"UPDATE {table} SET part = CASE part WHEN 'text' THEN 'content' ELSE 'mirror' END")
    op.execute(
        "ALTER TABLE outbox RENAME CONSTRAINT uq_outbox_entity_id_register_version"
        " TO uq_outbox_entity_id_part_version"
    )


def downgrade() -> None:
    """Give everything its former name."""
    op.execute(
        "ALTER TABLE outbox RENAME CONSTRAINT uq_outbox_entity_id_part_version"
        " TO uq_outbox_entity_id_register_version"
    )
    for table in TABLES:
        op.execute(f"UPDATE {table} SET part = CASE part WHEN 'content' THEN 'text' ELSE 'core' END")
        op.alter_column(table, "part", new_column_name="register")
