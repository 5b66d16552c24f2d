"""How long mails of notifications are kept: those that were sent or given up, with which lines they took."""

from __future__ import annotations

from datetime import timedelta

from taskforge.stores.retention import RetentionRule

RULES = (
    RetentionRule(
        table="notification_bundles",
        # By the index of `created_at`, which lies before both.
        expired="created_at < :before AND (sent_at < :before OR parked_at < :before)",
        keep=timedelta(days=7),
    ),
)
