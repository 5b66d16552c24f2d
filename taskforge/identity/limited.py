"""Use cases with which somebody could guess passwords or addresses, or bother others; each with its limits."""

from __future__ import annotations

from typing import Any

from flask import request
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute

from taskforge.accounts import service as accounts
from taskforge.errors import Conflict, InvalidInput
from taskforge.extensions import config_of
from taskforge.http import rate_limits
from taskforge.http.client_address import counted_address
from taskforge.identity.actors import make_signup_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.teams import service as teams

TAKEN_ADDRESSES_PER_HOUR = 10
UNKNOWN_ADDRESSES_PER_HOUR = 10
ADDED_PER_HOUR, ADDED_PER_DAY = 100, 300
TOO_MANY_ADDED = "You have added many people lately. Please wait {seconds} seconds and go on."
TOO_MANY_UNKNOWN = "Many of the addresses had no account. Please wait {seconds} seconds."


def sign_up(**values: str) -> Change:
    """Create an account.

    A sign-up that is sent again answers like the first one only while its password is still the account's: the change
    may log somebody in.

    Raises:
        RateLimited: too many sign-ups from here, or too many with addresses that have an account.
        InvalidInput: the password is too weak.
        Conflict: the address has an account already, or the account's password has changed since.
    """
    rate_limits.limit_registrations(ip=request.remote_addr)
    address = counted_address(request.remote_addr)
    taken = RateLimitItemPerHour(TAKEN_ADDRESSES_PER_HOUR, namespace=f"register-taken:{address}")
    rate_limits.require_left(taken, rate_limits.TOO_MANY_LOGINS)
    try:
        return _register(**values)
    except Conflict:
        rate_limits.count(taken)
        raise


def change_password(actor: Actor, *, current: str, new: str) -> Change:
    """Change the actor's password; guesses at the present one are limited, whatever session they come from.

    Raises:
        RateLimited: too many wrong guesses within 15 minutes.
        InvalidInput: the present password is wrong or the new one too weak.
    """
    tries = password_tries(actor.user_id)
    rate_limits.take_try(tries)
    try:
        change = accounts.change_password(actor, current=current, new=new)
    except InvalidInput as error:
        if "current_password" not in error.fields:  # it was right, the new one is too weak
            rate_limits.give_back_tries(tries)
        raise
    rate_limits.give_back_tries(tries)
    return change


def password_tries(user_id: str) -> RateLimitItem:
    """The limit of guesses at a person's password by whoever has a session of theirs."""
    maximum = config_of().login_attempts_per_15_minutes
    return RateLimitItemPerMinute(maximum, 15, namespace=f"password:{user_id}")


def add_member(actor: Actor, team_id: str, **person: Any) -> Change:
    """Add somebody to a team; how many, and how many addresses without an account, is limited for each person.

    Raises:
        RateLimited: too many within an hour or a day.
        NotFound, Forbidden, InvalidInput, Conflict: like `taskforge.teams.service.add_member`.
    """
    unknown = RateLimitItemPerHour(
        UNKNOWN_ADDRESSES_PER_HOUR, namespace=f"unknown-address:{actor.user_id}"
    )
    rate_limits.require_left(unknown, TOO_MANY_UNKNOWN)
    for item in (
        RateLimitItemPerHour(ADDED_PER_HOUR, namespace=f"added:{actor.user_id}"),
        RateLimitItemPerDay(ADDED_PER_DAY, namespace=f"added:{actor.user_id}"),
    ):
        rate_limits.hit(item, TOO_MANY_ADDED)
    try:
        return teams.add_member(actor, team_id, **person)
    except InvalidInput as error:
        if "role" not in error.fields:
            rate_limits.count(unknown)
        raise


def _register(*, email: str, password: str, **names: str) -> Change:
    change = accounts.register_user(make_signup_actor(), email=email, password=password, **names)
    if change.replayed and accounts.check_credentials(email, password) != change.entity_id:
        raise Conflict(accounts.CANNOT_REGISTER)
    return change
