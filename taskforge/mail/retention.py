"""How long mails are kept: those that were sent or given up; others go by themselves, one way or the other."""

from __future__ import annotations

from datetime import timedelta

from taskforge.mail.kinds import MailKind
from taskforge.stores.retention import RetentionRule

RULES = (
    RetentionRule(table="mail_intents", expired="created_at < :before", keep=timedelta(days=7)),
    # The last mail to a deleted account: the address is nobody's any more.
    RetentionRule(
        table="mail_intents",
        expired=f"kind = '{MailKind.ACCOUNT_DELETED}' AND sent_at < :before",
        keep=timedelta(hours=1),
    ),
)
