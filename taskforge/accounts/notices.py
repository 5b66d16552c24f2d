"""Notices of security: mails that tell the owner of an account what was done with it, whatever they want to hear of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.text.devices import describe_device


def tell_password_changed(uow: UnitOfWork, user: Mapping[str, Any], event_id: str) -> None:
    """Tell somebody that their password was changed; `user` is their row of ``users``."""
    _tell(uow, user, MailKind.PASSWORD_CHANGED, event_id)


def tell_address_changed(uow: UnitOfWork, user: Mapping[str, Any], event_id: str) -> None:
    """Tell the old address of an account, in ``email``, that ``address`` is the account's from now on."""
    _tell(uow, user, MailKind.ADDRESS_CHANGED, event_id, address=user["address"])


def tell_log_in_changed(
    uow: UnitOfWork, user: Mapping[str, Any], event_id: str, *, what: str
) -> None:
    """Tell somebody that it has changed how they log in; `what` is a sentence without its full stop."""
    _tell(uow, user, MailKind.LOG_IN_CHANGED, event_id, what=what)


def tell_new_device(
    uow: UnitOfWork, user: Mapping[str, Any], event_id: str, *, device: str
) -> None:
    """Tell somebody that a browser logged in to their account that never did before."""
    _tell(uow, user, MailKind.NEW_DEVICE, event_id, device=device)


def tell_token_created(
    uow: UnitOfWork, user: Mapping[str, Any], event_id: str, *, token: str, scope: str
) -> None:
    """Tell somebody that an API token was made in their account: its name, and what it may do, in words."""
    _tell(uow, user, MailKind.TOKEN_CREATED, event_id, token_name=token, scope=scope)


def _tell(
    uow: UnitOfWork, user: Mapping[str, Any], kind: MailKind, event_id: str, **more: str
) -> None:
    device = describe_device(uow.actor.user_agent)
    context = {"name": user["display_name"], "at": uow.at, "device": device, **more}
    mail.send(uow, kind, event_id=event_id, to=user["email"], context=context)
