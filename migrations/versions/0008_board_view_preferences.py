"""The table of how each person looks at each board is called what it holds."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OLD, NEW = "board_visits", "board_view_preferences"
CONSTRAINTS = ("pk_{}", "fk_{}_board_id_boards", "fk_{}_user_id_users", "ck_{}_lanes")


def upgrade() -> None:
    """Rename the table, its index and its constraints."""
    rename(OLD, NEW)


def downgrade() -> None:
    """Give them their old names."""
    rename(NEW, OLD)


def rename(old: str, new: str) -> None:
    """Rename from `old` to `new`. Names only: no row is touched."""
    op.rename_table(old, new)
    for name in CONSTRAINTS:
        op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT {name.format(old)} TO {name.format(new)}")
    op.execute(f"ALTER INDEX ix_{old}_board_id RENAME TO ix_{new}_board_id")
