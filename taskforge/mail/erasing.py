"""The mails to an address of somebody who has deleted their account."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.mail.kinds import MailKind
from taskforge.stores.unit_of_work import UnitOfWork

_DELETE = text(f"""
    DELETE FROM mail_intents
    WHERE  to_address = :address AND kind <> '{MailKind.ACCOUNT_DELETED}'
""")


def delete_mails_to(uow: UnitOfWork, address: str) -> None:
    """Delete all mails to an address: those that wait, and what is kept of those that were sent."""
    uow.execute(_DELETE, {"address": address})
