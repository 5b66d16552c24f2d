"""The doctor's check that no mail was given up (I15), and its repair: another round of attempts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskforge.mail import queries
from taskforge.stores import sql
from taskforge.stores.invariants import MAX_FINDINGS
from taskforge.stores.violations import Violation


def parked_mails() -> Iterator[Violation]:
    """Mails that were given up: a server refused them, or none took them in time."""
    for row in sql.rows(queries.PARKED, {"limit": MAX_FINDINGS}):
        detail = f"{row['kind']} was given up after {row['attempts']} attempts: {row['last_error']}"
        yield Violation("I15", f"mail {row['mail_id']}", detail, "send again")


def send_again(violations: Sequence[Violation]) -> None:
    """Let the mail job try these mails anew."""
    sql.execute_now(queries.UNPARK, {"ids": [violation.entity_id for violation in violations]})
