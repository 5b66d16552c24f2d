"""How long the rows of accounts are kept once they are of no use."""

from __future__ import annotations

from datetime import timedelta

from taskforge.stores.retention import RetentionRule

RULES = (
    RetentionRule(
        table="user_sessions",
        expired="revoked_at < :before OR expires_at < :before",
        keep=timedelta(days=30),
    ),
    RetentionRule(table="account_links", expired="expires_at < :before", keep=timedelta(days=1)),
    RetentionRule(table="pending_registrations", expired="expires_at < :before", keep=timedelta(0)),
    RetentionRule(table="admin_claims", expired="expires_at < :before", keep=timedelta(days=30)),
)
