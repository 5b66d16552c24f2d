"""The inbox and the choices of somebody who has deleted their account."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.stores.unit_of_work import UnitOfWork

# Intents first: one without its line would be delivered again.
_DELETE = tuple(
    text(f"DELETE FROM {table} WHERE user_id = :user_id")
    for table in (
        "notification_intents",
        "notifications",
        "notification_bundles",
        "task_watches",
        "board_watches",
        "task_reminders",
        "due_notices",
        "push_subscriptions",
    )
)


def delete_inbox(uow: UnitOfWork, user_id: str) -> None:
    """Delete what a person was notified of, what they are still to be, and what they watch."""
    for statement in _DELETE:
        uow.execute(statement, {"user_id": user_id})
