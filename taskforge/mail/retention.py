"""How long mails are kept: those that were sent or given up; others go by themselves, one way or the other."""

from __future__ import annotations

from datetime import timedelta

from taskforge.stores.retention import RetentionRule

RULES = (
    RetentionRule(table="mail_intents", expired="created_at < :before", keep=timedelta(days=7)),
)
