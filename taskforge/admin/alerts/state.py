"""Which alerts were begun, and what was sent of each: rows of PostgreSQL, one for each alert that is not over.

In PostgreSQL and not in Redis, so that a restarted relay, another one, or a Redis that lost everything repeats no
message. A message is sent at least once: a relay that dies between sending and noting it sends it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from taskforge.admin.alerts.conditions import Judgement
from taskforge.stores import sql

LEASE_SECONDS = 60
LONGEST_BACKOFF_SECONDS = 600

_BEGIN = text("""
    INSERT INTO alerts (name, detail, began_at)
    SELECT b.name, b.detail, now()
    FROM   unnest(CAST(:names AS text[]), CAST(:details AS text[])) AS b (name, detail)
    ON CONFLICT (name) DO NOTHING
""")
_END = text("""
    UPDATE alerts
    SET    ended_at = now()
    WHERE  name = ANY(CAST(:names AS text[])) AND ended_at IS NULL
""")
_CLAIM = text("""
    UPDATE alerts
    SET    claimed_until = now() + make_interval(secs => :lease),
           attempts = attempts + 1
    WHERE  name = (SELECT name
                   FROM   alerts
                   WHERE  claimed_until <= now() AND (begin_sent_at IS NULL OR ended_at IS NOT NULL)
                   ORDER  BY began_at, name
                   LIMIT  1
                   FOR    UPDATE SKIP LOCKED)
    RETURNING name, detail, begin_sent_at IS NOT NULL AS is_over
""")
_BEGIN_SENT = text("""
    UPDATE alerts
    SET    begin_sent_at = now(), attempts = 0, claimed_until = '-infinity'
    WHERE  name = :name
""")
_OVER_SENT = text("DELETE FROM alerts WHERE name = :name")
_POSTPONE = text("""
    UPDATE alerts
    SET    claimed_until = now() + make_interval(secs => least(5 * power(2, attempts), :longest))
    WHERE  name = :name
""")


@dataclass(frozen=True)
class DueMessage:
    """A message to send: that an alert has begun, or that it is over."""

    name: str
    detail: str
    is_over: bool


def note(judgements: Sequence[Judgement]) -> None:
    """Begin the alerts whose conditions hold, unless they were begun; end those whose conditions don't any more.

    Raises:
        Unavailable: PostgreSQL can't be asked.
    """
    begun = [one for one in judgements if one.holds]
    if begun:
        names, details = [one.name for one in begun], [one.detail for one in begun]
        sql.execute_now(_BEGIN, {"names": names, "details": details})
    sql.execute_now(_END, {"names": [one.name for one in judgements if not one.holds]})


def claim_message() -> DueMessage | None:
    """The next message to send, leased to this relay; None when all is said.

    Raises:
        Unavailable: PostgreSQL can't be asked.
    """
    row = sql.row(_CLAIM, {"lease": LEASE_SECONDS})
    return DueMessage(**row) if row is not None else None


def settle(message: DueMessage) -> None:
    """Note that a message was sent. Raises `Unavailable`: it will be sent again."""
    sql.execute_now(_OVER_SENT if message.is_over else _BEGIN_SENT, {"name": message.name})


def postpone(message: DueMessage) -> None:
    """Try a message again later, at most `LONGEST_BACKOFF_SECONDS` from now. Raises `Unavailable`."""
    sql.execute_now(_POSTPONE, {"name": message.name, "longest": LONGEST_BACKOFF_SECONDS})
