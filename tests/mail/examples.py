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
    MailKind.TEAM_WEEK: {
        "name": "Ada Lovelace",
        "team_id": "01a22977-1c4e-712f-ada6-8101876f2c31",
        "team": "Analytical engines",
        "day": "2026-11-29",
        "week": "23 – 29 November 2026",
        "summary": "5 cards finished, 3 started, 4 came in, 1 is stuck.",
        "forecast": "What is open will be done by 4 January 2027, with 85 %.",
        "finished": 5,
        "started": 3,
        "arrived": 4,
        "stuck": 1,
        "open": 12,
        "end_path": "/unsubscribe/abc",
    },
    MailKind.INVITATION: {
        "inviter": "Ada Lovelace",
        "team": "Analytical engines",
        "role": "a member",
        "until": AT,
    },
}
