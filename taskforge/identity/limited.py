"""Use cases with which somebody could guess passwords or addresses, or bother others; each with its limits."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from taskforge.accounts import password_change, picture_service, two_factor
from taskforge.accounts import service as accounts
from taskforge.errors import Conflict, InvalidInput
from taskforge.extensions import config_of
from taskforge.http import rate_limits
from taskforge.http.client_address import counted_address
from taskforge.identity.actors import make_signup_actor
from taskforge.identity.invited import require_may_register
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change

TAKEN_ADDRESSES_PER_HOUR = 10
PICTURES_PER_HOUR = 20
TOO_MANY_FILES = "That were many files. Please wait {seconds} seconds, then try again."
TOO_MANY_PICTURES = "That were many pictures. Please wait {seconds} seconds, then try again."


def sign_up(*, email: str, invitation: str | None = None, **values: str) -> Change:
    """Create an account; `invitation` is the token of the one by which somebody signs up.

    A sign-up that is sent again answers like the first one only while its password is still the account's: the change
    may log somebody in.

    Raises:
        RateLimited: too many sign-ups from here, or too many with addresses that have an account.
        Forbidden: the setting ``REGISTRATION`` does not let them.
        InvalidInput: the password is too weak, or the invitation is for another address.
        Conflict: the address has an account already, or the account's password has changed since.
    """
    rate_limits.limit_registrations(ip=request.remote_addr)
    require_may_register(email, invitation)
    address = counted_address(request.remote_addr)
    taken = RateLimitItemPerHour(TAKEN_ADDRESSES_PER_HOUR, namespace=f"register-taken:{address}")
    rate_limits.require_left(taken, rate_limits.TOO_MANY_LOGINS)
    try:
        return _register(email=email, **values)
    except Conflict:
        rate_limits.count(taken)
        raise


def change_password(actor: Actor, *, current: str, new: str, revoke_tokens: bool = False) -> Change:
    """Change the actor's password; guesses at the present one are limited, whatever session they come from.

    Raises:
        RateLimited: too many wrong guesses within 15 minutes.
        InvalidInput: the present password is wrong or the new one too weak.
    """
    tries = password_tries(actor.user_id)
    try:
        with rate_limits.counted_try(tries):
            change = password_change.change_password(
                actor, current=current, new=new, revoke_tokens=revoke_tokens
            )
    except InvalidInput as error:
        if "current_password" not in error.fields:  # it was right, the new one is too weak
            rate_limits.give_back_tries(tries)
        raise
    rate_limits.give_back_tries(tries)
    return change


def change_picture(actor: Actor, file: bytes, *, version: int) -> Change:
    """Make the picture in a file the actor's; reading one takes memory and processor time.

    Raises:
        RateLimited: too many pictures within an hour.
        InvalidInput, StaleVersion, Unavailable: like `picture_service.change_picture`.
    """
    rate_limits.hit(
        RateLimitItemPerHour(PICTURES_PER_HOUR, namespace=f"pictures:{actor.user_id}"),
        TOO_MANY_PICTURES,
    )
    return picture_service.change_picture(actor, file, version=version)


def attach(actor: Actor, attach_file: Callable[[], Change]) -> Change:
    """Attach a file for the actor: files take space, and time to be read.

    Raises:
        RateLimited: too many files within an hour.
        Everything that the service raises.
    """
    rate_limits.hit(
        RateLimitItemPerHour(
            config_of().attachments_per_hour, namespace=f"attachments:{actor.user_id}"
        ),
        TOO_MANY_FILES,
    )
    return attach_file()


def password_tries(user_id: str) -> RateLimitItem:
    """The limit of guesses at a person's password by whoever has a session of theirs."""
    maximum = config_of().login_attempts_per_15_minutes
    return RateLimitItemPerMinute(maximum, 15, namespace=f"password:{user_id}")


def _register(*, email: str, password: str, **names: str) -> Change:
    change = accounts.register_user(make_signup_actor(), email=email, password=password, **names)
    if change.replayed and not _may_be_logged_in(change.entity_id, email, password):
        raise Conflict(accounts.CANNOT_REGISTER)
    return change


def _may_be_logged_in(user_id: str, email: str, password: str) -> bool:
    """Whether a sign-up that is sent again may open a session: what it holds must still be enough to log in."""
    if accounts.check_credentials(email, password) != user_id:
        return False
    return two_factor.get_two_factor(user_id).enabled_at is None
