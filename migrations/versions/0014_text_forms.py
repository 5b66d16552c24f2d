"""The forms in which texts are compared, as functions: the same in every locale.

`taskforge_fold` for tags, `taskforge_find` for what is looked up by typing, also without accents. In Python:
`taskforge.text.normal_form`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Collations whose lower() knows all of Unicode, the best first: that of PostgreSQL 17 itself, then that of ICU.
COLLATIONS = ("pg_c_utf8", "und-x-icu")
MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
SINGLE = ("øłđðħıŧ‘’ʼ“”„‐‑–", "olddhit'''\"\"\"---")


def upgrade() -> None:
    """Create both, with the best collation that this PostgreSQL has; without one, letters outside ASCII keep their case."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT collname FROM pg_collation WHERE collname = ANY(:names)"
            " ORDER BY array_position(CAST(:names AS text[]), collname::text) LIMIT 1"
        ),
        {"names": list(COLLATIONS)},
    )
    name = found.scalar()
    collate = f' COLLATE pg_catalog."{name}"' if name else ""
    op.execute(
        f"""
        CREATE FUNCTION taskforge_fold(value text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT replace(replace(
                       normalize(lower(replace(normalize(value, NFKC), 'İ', 'i̇'){collate}), NFKC), 'ß', 'ss'), 'ς', 'σ')
        $$
        """
    )
    before, after = (words.replace("'", "''") for words in SINGLE)
    op.execute(
        f"""
        CREATE FUNCTION taskforge_find(value text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT replace(replace(replace(translate(normalize(
                       regexp_replace(normalize(taskforge_fold(value), NFKD), '[{MARKS}]', '', 'g'),
                       NFC), '{before}', '{after}'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
        $$
        """
    )


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP FUNCTION taskforge_find(text)")
    op.execute("DROP FUNCTION taskforge_fold(text)")
