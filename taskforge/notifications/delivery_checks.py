"""The doctor's check that every notification intent was delivered exactly once, and its repair (I9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.queries import join_person
from taskforge.notifications.due_sweep import find_untold, tell_all
from taskforge.notifications.jobs import deliver
from taskforge.notifications.reminders import list_late, tell_due
from taskforge.stores import sql
from taskforge.stores.invariants import MAX_FINDINGS
from taskforge.stores.violations import Violation

DELIVERED_WITHIN = timedelta(seconds=60)
TOLD_WITHIN = timedelta(
    minutes=5
)  # of the moment when a card is due, or somebody wants to be reminded


def wrong_deliveries() -> Iterator[Violation]:
    """Events of which a person was notified more than once, or not within a minute."""
    for row in sql.rows(_REPEATED, {"limit": MAX_FINDINGS}):
        detail = f"notified {row['user_id']} more than once"
        yield Violation("I9", f"event {row['event_id']}", detail)
    before = clock.now() - DELIVERED_WITHIN
    for row in sql.rows(_UNEXPANDED, {"before": before, "limit": MAX_FINDINGS}):
        yield Violation("I9", f"event {row['event_id']}", "did not notify who watches", "deliver")
    for row in sql.rows(_UNDELIVERED, {"before": before, "limit": MAX_FINDINGS}):
        detail = f"did not notify {row['user_id']}"
        yield Violation("I9", f"event {row['event_id']}", detail, "deliver")
    yield from _untold_moments()


def _untold_moments() -> Iterator[Violation]:
    """Cards that are due, and reminders, of which a person was not told within five minutes."""
    before = clock.now() - TOLD_WITHIN
    for row in islice(find_untold(before), MAX_FINDINGS):
        detail = f"did not tell {row['user_id']}: {row['kind']}"
        yield Violation("I9", f"task {row['task_id']}", detail, "tell")
    for row in list_late(before, limit=MAX_FINDINGS):
        detail = f"did not remind {row['user_id']}"
        yield Violation("I9", f"reminder {row['reminder_id']}", detail, "tell")


def tell_again(_violations: Sequence[Violation]) -> None:
    """Tell of all that is due now."""
    tell_all()
    while tell_due():
        continue
    deliver()


def deliver_again(violations: Sequence[Violation]) -> None:
    """Deliver what was not delivered, also intents that are marked as delivered and are in no inbox."""
    sql.execute_now(_UNMARK, {"ids": [violation.entity_id for violation in violations]})
    deliver()


_REPEATED = text("""
    SELECT event_id, user_id, count(*) AS times
    FROM notifications
    GROUP BY event_id, user_id
    HAVING count(*) > 1
    LIMIT :limit
""")

_UNDELIVERED = text(f"""
    SELECT i.event_id, i.user_id
    FROM notification_intents i
    {join_person("i.user_id")}
    WHERE NOT EXISTS (
        SELECT 1
        FROM notifications n
        WHERE n.event_id = i.event_id AND n.user_id = i.user_id
    )
      AND (i.delivered_at IS NOT NULL OR i.created_at < :before)
    LIMIT :limit
""")

_UNEXPANDED = text("""
    SELECT event_id
    FROM   notification_fan_outs
    WHERE  created_at < :before
    LIMIT  :limit
""")

_UNMARK = text("""
    UPDATE notification_intents i
    SET delivered_at = NULL
    WHERE event_id = ANY(CAST(:ids AS uuid[]))
      AND NOT EXISTS (
          SELECT 1
          FROM notifications n
          WHERE n.event_id = i.event_id AND n.user_id = i.user_id
      )
""")
