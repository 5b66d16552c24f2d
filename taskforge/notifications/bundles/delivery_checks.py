"""The doctor's check that no mail of notifications was given up or forgotten (I15), and its repairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from taskforge import clock
from taskforge.ids import new_id
from taskforge.mail.service import is_available
from taskforge.notifications.bundles import queries
from taskforge.notifications.bundles.jobs import send_due
from taskforge.notifications.bundles.outcomes import release_parked
from taskforge.stores import sql
from taskforge.stores.direct_execution import execute
from taskforge.stores.invariants import MAX_FINDINGS
from taskforge.stores.violations import Violation

# Ten thousand that are due at once leave within five minutes.
SENT_WITHIN = timedelta(minutes=10)
MAKE_AGAIN, OPEN_BUNDLES, SEND = "make mails again", "plan mails", "send mails"


def unsent_mails() -> Iterator[Violation]:
    """Mails that were given up, that are due and lie there, and lines that no mail will take."""
    for row in sql.rows(queries.PARKED, {"limit": MAX_FINDINGS}):
        detail = f"was given up after {row['attempts']} attempts: {row['last_error']}"
        yield Violation("I15", f"bundle {row['bundle_id']}", detail, MAKE_AGAIN)
    for row in sql.rows(queries.FORGOTTEN, {"limit": MAX_FINDINGS}):
        detail = f"has {row['lines']} notifications to be mailed, and no mail that would take them"
        yield Violation("I15", f"user {row['user_id']}", detail, OPEN_BUNDLES)
    if not is_available():
        return
    before = clock.now() - SENT_WITHIN
    for row in sql.rows(queries.OVERDUE, {"before": before, "limit": MAX_FINDINGS}):
        detail = f"was due at {row['due_at']:%Y-%m-%d %H:%M} and is not sent"
        yield Violation("I15", f"bundle {row['bundle_id']}", detail, SEND)


def make_again(violations: Sequence[Violation]) -> None:
    """Let what was given up go with its person's next mail, which is due now."""
    with sql.transaction() as connection:
        release_parked(
            partial(execute, connection), [violation.entity_id for violation in violations]
        )


def open_bundles(violations: Sequence[Violation]) -> None:
    """Open a mail for people with lines that none would take."""
    for violation in violations:
        values = {"bundle_id": new_id(), "user_id": violation.entity_id, "next_id": new_id()}
        sql.execute_now(queries.REOPEN, {**values, "at": clock.now()})


def send_overdue(_violations: Sequence[Violation]) -> None:
    """Send what is due."""
    send_due()
