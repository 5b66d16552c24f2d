"""What mails keep of somebody who has deleted their account: those to their addresses, and their name in others."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.mail.kinds import MailKind
from taskforge.stores.unit_of_work import UnitOfWork

_DELETE = text(f"""
    DELETE FROM mail_intents
    WHERE  to_address = ANY(CAST(:addresses AS text[])) AND kind <> '{MailKind.ACCOUNT_DELETED}'
""")
# Mails because of what was done to an account, such as those to an address that never became its own.
_DELETE_ABOUT = text(f"""
    DELETE FROM mail_intents m
    WHERE  m.kind <> '{MailKind.ACCOUNT_DELETED}'
           AND EXISTS (SELECT
                       FROM   audit_logs l
                       WHERE  l.event_id = m.event_id AND l.entity_type = 'user' AND l.entity_id = :user_id)
""")
# Mails to others that name who caused them.
_RENAME = text("""
    UPDATE mail_intents m
    SET    context = m.context || jsonb_build_object(k.field, CAST(:name AS text))
    FROM   unnest(CAST(:kinds AS text[]), CAST(:fields AS text[])) AS k (kind, field)
    WHERE  m.kind = k.kind
           AND EXISTS (SELECT
                       FROM   audit_logs l
                       WHERE  l.event_id = m.event_id AND l.actor_id = :user_id)
""")


def delete_mails_to(uow: UnitOfWork, addresses: Sequence[str]) -> None:
    """Delete all mails to some addresses: those that wait, and what is kept of those that were sent."""
    uow.execute(_DELETE, {"addresses": list(addresses)})


def delete_mails_about(uow: UnitOfWork, user_id: str) -> None:
    """Delete all mails that an event of an account has caused, whatever their address."""
    uow.execute(_DELETE_ABOUT, {"user_id": user_id})


def replace_actor_name(uow: UnitOfWork, user_id: str, name: str) -> None:
    """Put `name` in place of the name of a person in all mails that say who caused them."""
    fields = {kind.value: kind.actor_name for kind in MailKind if kind.actor_name is not None}
    given = {"kinds": list(fields), "fields": list(fields.values())}
    uow.execute(_RENAME, {**given, "user_id": user_id, "name": name})
