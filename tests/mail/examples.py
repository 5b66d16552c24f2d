"""An example of the context of every kind of mail."""

from __future__ import annotations

from datetime import UTC, datetime

from taskforge.mail.kinds import MailKind
from taskforge.mail.service import Value

AT = datetime(2026, 11, 28, 20, 14, tzinfo=UTC)
EXAMPLES: dict[MailKind, dict[str, Value]] = {
    MailKind.REGISTRATION: {"name": "Ada Lovelace"},
    MailKind.REGISTRATION_TAKEN: {"address": "ada@example.com"},
    MailKind.PASSWORD_RESET: {"name": "Ada Lovelace"},
    MailKind.PASSWORD_RESET_UNKNOWN: {"address": "ada@example.com"},
    MailKind.ADDRESS_CONFIRM: {"name": "Ada Lovelace"},
    MailKind.ADDRESS_CHANGE: {"name": "Ada Lovelace"},
    MailKind.ADDRESS_TAKEN: {"address": "ada@example.com"},
    MailKind.ADDRESS_CHANGED: {
        "name": "Ada Lovelace",
        "address": "ada@example.org",
        "at": AT,
        "device": "Safari on iPhone",
    },
    MailKind.PASSWORD_CHANGED: {"name": "Ada Lovelace", "at": AT, "device": "Firefox on Linux"},
    MailKind.LOG_IN_CHANGED: {
        "name": "Ada Lovelace",
        "what": "Two-factor log-in was turned off",
        "at": AT,
        "device": "Firefox on Linux",
    },
    MailKind.NEW_DEVICE: {
        "name": "Ada Lovelace",
        "at": AT,
        "device": "Firefox on Linux at 203.0.113.7",
    },
    MailKind.TOKEN_CREATED: {
        "name": "Ada Lovelace",
        "token_name": "Nightly report",
        "scope": "read and write",
        "at": AT,
        "device": "Firefox on Linux",
    },
    MailKind.ACCOUNT_DELETED: {"at": AT},
    MailKind.TWO_FACTOR_REQUIRED: {
        "name": "Ada Lovelace",
        "by": "Grace Hopper",
        "team": "Analytical engines",
        "from_at": AT,
    },
    MailKind.INVITATION: {
        "inviter": "Ada Lovelace",
        "team": "Analytical engines",
        "role": "a member",
        "until": AT,
    },
}
