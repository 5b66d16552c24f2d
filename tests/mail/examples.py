"""An example of the context of every kind of mail."""

from __future__ import annotations

from datetime import UTC, datetime

from taskforge.mail.kinds import MailKind
from taskforge.mail.service import Value

AT = datetime(2026, 11, 28, 20, 14, tzinfo=UTC)
EXAMPLES: dict[MailKind, dict[str, Value]] = {
    MailKind.PASSWORD_CHANGED: {"name": "Ada Lovelace", "at": AT, "device": "Firefox on Linux"},
}
