"""What goes of a person with their account: which weeks they have mailed to them."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.stores.unit_of_work import UnitOfWork

_DELETE = text("DELETE FROM week_mails WHERE user_id = :user_id")


def delete_week_mails(uow: UnitOfWork, user_id: str) -> None:
    """Delete what a person has chosen."""
    uow.execute(_DELETE, {"user_id": user_id})
