"""What a site administrator may do with mails."""

from __future__ import annotations

from taskforge.accounts.site_admins import hold_people
from taskforge.errors import Conflict
from taskforge.events import Event
from taskforge.mail import service as mail
from taskforge.notifications.bundles.outcomes import send_again as send_bundle_again
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

NOT_GIVEN_UP = "This mail was not given up: it was sent, waits to be sent, or is gone."


@idempotent
def send_again(actor: Actor, mail_id: str) -> Change:
    """Let a mail that was given up be tried anew.

    Raises:
        NotFound: the actor is no site administrator.
        Conflict: the mail was not given up.
    """
    with UnitOfWork(actor, entity_id=mail_id, version=0) as uow:
        hold_people(uow, actor.user_id)
        if not (mail.send_again(uow, mail_id) or send_bundle_again(uow, mail_id)):
            raise Conflict(NOT_GIVEN_UP)
        uow.record(
            Event.USER_MAIL_REQUEUED,
            entity_type="user",
            entity_id=actor.user_id,
            before={"mail_id": mail_id, "state": "given up"},
            after={"mail_id": mail_id, "state": "queued"},
        )
    return uow.change
