"""How long a device is kept whose session is over: until the next sweep. Nothing is sent to it meanwhile."""

from __future__ import annotations

from datetime import timedelta

from taskforge.accounts.queries import is_session_over
from taskforge.stores.retention import RetentionRule

RULES = (
    RetentionRule(
        table="push_subscriptions", expired=is_session_over("session_id"), keep=timedelta(0)
    ),
)
