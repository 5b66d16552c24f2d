"""How long rows are kept: each owner of a table exports a `RetentionRule`, and the relay deletes by it.

Also what is deleted from the outbox with a purged entity: its messages hold texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

# How long what people deleted can be restored. Then tasks and boards are purged.
RESTORABLE_FOR = timedelta(days=30)
TOO_LATE = "It was deleted more than 30 days ago, so it can’t be restored any more."


@dataclass(frozen=True, kw_only=True)
class RetentionRule:
    """Rows of a table to delete: those for which `expired` holds, an SQL condition on ``:before``.

    ``:before`` is the instant that lies `keep` in the past. Both texts are constants of the code.
    """

    table: str
    expired: str
    keep: timedelta


RULES = (
    RetentionRule(table="outbox_redo", expired="applied_at < :before", keep=timedelta(days=7)),
    RetentionRule(table="operations", expired="created_at < :before", keep=timedelta(days=30)),
)


def delete_expired(rule: RetentionRule, at: datetime, *, limit: int) -> int:
    """Delete at most `limit` rows that are expired at an instant; answers how many.

    Raises:
        Unavailable: PostgreSQL can't be asked.
    """
    statement = text(f"""
        DELETE FROM {rule.table}
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM {rule.table} WHERE {rule.expired} LIMIT :limit))
    """)
    return sql.execute_now(statement, {"before": at - rule.keep, "limit": limit})


def delete_messages(uow: UnitOfWork, entity_ids: Sequence[str]) -> None:
    """Delete the outbox messages of some entities, pending and applied."""
    for table in ("outbox", "outbox_redo"):
        uow.execute(
            text(f"DELETE FROM {table} WHERE entity_id = ANY(CAST(:ids AS uuid[]))"),
            {"ids": list(entity_ids)},
        )
