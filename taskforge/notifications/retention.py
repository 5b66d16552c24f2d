"""How long notification intents are kept after their delivery."""

from __future__ import annotations

from datetime import timedelta

from taskforge.stores.retention import RetentionRule

RULES = (
    RetentionRule(
        table="notification_intents", expired="delivered_at < :before", keep=timedelta(days=30)
    ),
    RetentionRule(table="task_reminders", expired="told_at < :before", keep=timedelta(days=30)),
    RetentionRule(table="due_notices", expired="told_at < :before", keep=timedelta(days=30)),
)
