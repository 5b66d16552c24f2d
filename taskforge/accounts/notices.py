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
    mail.send(
        uow,
        MailKind.PASSWORD_CHANGED,
        event_id=event_id,
        to=user["email"],
        context={
            "name": user["display_name"],
            "at": uow.at,
            "device": describe_device(uow.actor.user_agent),
        },
    )


def tell_address_changed(uow: UnitOfWork, user: Mapping[str, Any], event_id: str) -> None:
    """Tell the old address of an account, in ``email``, that ``address`` is the account's from now on."""
    mail.send(
        uow,
        MailKind.ADDRESS_CHANGED,
        event_id=event_id,
        to=user["email"],
        context={
            "name": user["display_name"],
            "address": user["address"],
            "at": uow.at,
            "device": describe_device(uow.actor.user_agent),
        },
    )
