"""How long invitations are kept once they are answered or over."""

from __future__ import annotations

from datetime import timedelta

from taskforge.stores.retention import RetentionRule

RULES = (
    RetentionRule(
        table="invitations",
        expired="closed_at < :before OR expires_at < :before",
        keep=timedelta(days=30),
    ),
)
