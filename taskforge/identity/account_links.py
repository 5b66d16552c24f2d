"""Use cases of links that are mailed to people, as requests make them: with limits, as each sends a mail somewhere."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from limits import RateLimitItemPerMinute

from taskforge.accounts import address, password_reset, registration
from taskforge.errors import Conflict, InvalidInput
from taskforge.extensions import config_of
from taskforge.http import rate_limits
from taskforge.http.client_address import counted_address
from taskforge.identity.actors import client_details
from taskforge.identity.invited import require_may_register
from taskforge.mail.kinds import MailKind
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change

MAILS_PER_PERSON, USES_PER_CLIENT = 5, 30  # within 15 minutes


def registers_by_mail() -> bool:
    """Whether an account is made only when a mail to its address was answered: where a mail server is set up."""
    return bool(config_of().smtp_url)


def request_registration(
    *, next_path: str = "", invitation: str | None = None, **values: str
) -> None:
    """Send a link that makes an account; how often is limited like signing up, and for the address.

    `invitation` is the token of the invitation by which somebody signs up.

    Raises:
        RateLimited: too many sign-ups from here, or too many mails to the address.
        Forbidden: the setting ``REGISTRATION`` does not let them.
        InvalidInput: the password is too weak, or the invitation is for another address.
    """
    rate_limits.limit_registrations(ip=request.remote_addr)
    require_may_register(values["email"], invitation)
    mails = RateLimitItemPerMinute(MAILS_PER_PERSON, 15, namespace=f"register:{values['email']}")
    rate_limits.hit(mails, rate_limits.TOO_MANY_LOGINS)
    client = client_details()
    registration.request_registration(
        next_path=next_path, ip=client["ip"], user_agent=client["user_agent"], **values
    )


def request_reset(email: str) -> None:
    """Send a link to a new password to an address; how often is limited for the address and for who asks.

    The limits are the same for every address, with an account or without.

    Raises:
        RateLimited: too many within 15 minutes.
    """
    for number, namespace in (
        (MAILS_PER_PERSON, f"reset:{email}"),
        (USES_PER_CLIENT, f"reset-from:{counted_address(request.remote_addr)}"),
    ):
        rate_limits.hit(
            RateLimitItemPerMinute(number, 15, namespace=namespace), rate_limits.TOO_MANY_LOGINS
        )
    password_reset.request_reset(email, **client_details())


def issue_reset_link(actor: Actor, *, email: str) -> str:
    """Make a one-time link to a new password for somebody who can't be sent one; answers its whole address.

    Raises:
        NotFound: the actor is no site administrator.
        Conflict: nobody could log in with a new password, as the account is suspended or deleted.
    """
    unrepeated = replace(actor, op_id=None)  # no stored answer holds the link
    try:
        token = password_reset.issue_reset_link(unrepeated, email=email)
    except InvalidInput as error:
        raise Conflict("Nobody can log in to this account, with whatever password.") from error
    return f"{config_of().public_url.rstrip('/')}{MailKind.PASSWORD_RESET.path}".format(token=token)


def reset_password(token: str, password: str, *, revoke_tokens: bool = False) -> None:
    """Set a new password with a link; tries are limited for each client. `revoke_tokens` ends the API tokens too.

    Raises:
        RateLimited: too many tries within 15 minutes.
        NotFound, InvalidInput: like `taskforge.accounts.password_reset.reset_password`.
    """
    client = counted_address(request.remote_addr)
    tries = RateLimitItemPerMinute(USES_PER_CLIENT, 15, namespace=f"reset-try:{client}")
    with rate_limits.counted_try(tries):
        password_reset.reset_password(
            token, password, revoke_tokens=revoke_tokens, **client_details()
        )


def request_address_change(actor: Actor, *, email: str) -> Change:
    """Send a link to a new address; how often is limited.

    Raises:
        RateLimited: too many within 15 minutes.
        InvalidInput: like `taskforge.accounts.address.request_change`.
    """
    _limit_address_links(actor)
    return address.request_change(actor, email=email)


def request_address_confirmation(actor: Actor) -> Change:
    """Send a link to the account's own address; how often is limited. Raises like `request_address_change`."""
    _limit_address_links(actor)
    return address.request_confirmation(actor)


def _limit_address_links(actor: Actor) -> None:
    sent = RateLimitItemPerMinute(MAILS_PER_PERSON, 15, namespace=f"address:{actor.user_id}")
    rate_limits.hit(sent, rate_limits.TOO_MANY_LOGINS)
