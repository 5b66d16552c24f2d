"""What tells people of an invitation: a notification and a mail for who is invited, a notification for who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from taskforge.accounts.queries import PEOPLE
from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.mail.tokens import LinkToken
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.permissions import Role

_NAME = text(f"SELECT u.display_name FROM {PEOPLE} WHERE u.user_id = :user_id")


def tell_invited(
    uow: UnitOfWork,
    event_id: str,
    invitation: Mapping[str, Any],
    token: LinkToken,
    *,
    team_name: str,
    account_id: str | None,
) -> None:
    """Tell who is invited: by mail with the link, and in the inbox of the account that the address had before.

    `invitation` holds ``invitation_id``, ``email``, ``role`` and ``expires_at``. The change's ``mailed`` says whether a
    mail can be sent.
    """
    if account_id is not None:
        payload = {"invitation_id": invitation["invitation_id"], "team_name": team_name}
        uow.notify(event_id, [account_id], NotificationKind.INVITED_TO_TEAM, payload)
    context = {
        "inviter": uow.execute(_NAME, {"user_id": uow.actor.user_id}).scalar_one(),
        "team": team_name,
        "role": Role(invitation["role"]).words,
        "until": invitation["expires_at"],
    }
    is_mailed = mail.send(
        uow,
        MailKind.INVITATION,
        event_id=event_id,
        to=invitation["email"],
        context=context,
        token=token,
        expires_at=invitation["expires_at"],
    )
    uow.answer(mailed=is_mailed)


def tell_inviter(
    uow: UnitOfWork, event_id: str, invitation: Mapping[str, Any], kind: NotificationKind
) -> None:
    """Tell who sent an invitation what became of it."""
    payload = {"team_id": invitation["team_id"], "team_name": invitation["team_name"]}
    uow.notify(event_id, [invitation["invited_by"]], kind, payload)
