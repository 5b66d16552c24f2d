"""Sends mails in tests, as a service would, and turns the time forward for the next attempt."""

from __future__ import annotations

from datetime import datetime

from taskforge.events import Event
from taskforge.mail import service
from taskforge.mail.kinds import MailKind
from taskforge.mail.service import Value
from taskforge.mail.tokens import LinkToken
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork
from tests.mail.examples import EXAMPLES
from tests.stores.scene import write


def post(
    actor: Actor,
    *,
    to: str = "bob@example.com",
    kind: MailKind = MailKind.PASSWORD_CHANGED,
    token: LinkToken | None = None,
    expires_at: datetime | None = None,
    **values: Value,
) -> bool:
    """Write the intent of a mail in a unit of work of its own."""
    with UnitOfWork(actor, entity_id=actor.user_id, version=0) as uow:
        event_id = uow.record(
            Event.USER_ALL_SESSIONS_REVOKED,
            entity_type="user",
            entity_id=actor.user_id,
            before=None,
            after={},
        )
        return service.send(
            uow,
            kind,
            event_id=event_id,
            to=to,
            context={**EXAMPLES[kind], **values},
            token=token,
            expires_at=expires_at,
        )


def wait_out_pauses() -> None:
    """Let everything that waits for its next attempt be due."""
    write("UPDATE mail_intents SET claimed_until = '-infinity'")
