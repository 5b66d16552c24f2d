"""Guards what is delicate: only who has proved within ten minutes who they are may do it.

A view is guarded by `needs_confirmation`. Whoever has to prove it gets an error (`ConfirmationRequired`), which the API
answers with its code, and pages with a form that asks for the password and keeps what was sent. That form goes to the
same address with the password beside the fields, so that the request is carried out where it was refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request

from taskforge.accounts import confirmation
from taskforge.accounts.passkeys import REFUSED
from taskforge.accounts.session_records import Identity
from taskforge.audit import security_events
from taskforge.errors import (
    ConfirmationRequired,
    InvalidInput,
    RateLimited,
    TaskForgeError,
    Unavailable,
)
from taskforge.events import Event
from taskforge.http import rate_limits
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.identity.actors import client_details
from taskforge.identity.current import confirm_session, current_identity
from taskforge.identity.limited import password_tries
from taskforge.identity.passkey_logins import sign_in
from taskforge.identity.token_requests import refuse_tokens
from taskforge.identity.two_step import use_code

View = TypeVar("View", bound=Callable[..., Any])

# The arguments of `confirm`, and the fields in which a form brings them beside its own.
PROOF_FIELDS = {
    "password": "confirm_password",
    "code": "confirm_code",
    "passkey": "confirm_passkey",
    "passkey_token": "confirm_passkey_token",
}
NOTHING_GIVEN = "Give your password."
WRONG = "That is not your password."


def needs_confirmation(view: View) -> View:
    """Guard a view, of pages or of the API, by `require_confirmation`."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        require_confirmation()
        return view(*args, **values)

    return cast(View, guarded)


def require_confirmation() -> None:
    """Let the request go on if its person has proved lately that it is them, or proves it by a field of its form.

    Raises:
        NotAuthenticated: nobody is logged in.
        Forbidden: it is the request of an API token.
        ConfirmationRequired: they have not, or what they gave was wrong.
    """
    identity = current_identity()
    refuse_tokens()
    if confirmation.is_confirmed(identity):
        return
    problem: TaskForgeError | None = None
    given = {} if request.method in SAFE_METHODS else _given_proof()
    try:
        if given:
            confirm(identity, **given)
            return
        if PROOF_FIELDS["password"] in request.form:
            problem = InvalidInput(NOTHING_GIVEN)
    except (InvalidInput, RateLimited, Unavailable) as error:
        problem = error
    g.is_confirmation_required = True
    raise ConfirmationRequired(problem)


def confirm(
    identity: Identity,
    *,
    password: str = "",
    code: str = "",
    passkey: str = "",
    passkey_token: str = "",
) -> Identity:
    """Note that somebody has proved that it is them, by one of their factors; answers their identity as it is now.

    Raises:
        RateLimited: too many wrong ones within 15 minutes.
        InvalidInput: it is wrong.
        NotAuthenticated: the session has ended meanwhile.
    """
    if password:
        _check_password(identity, password)
        by = "password"
    elif passkey:
        if sign_in(passkey_token, passkey) != identity.user_id:
            raise InvalidInput(REFUSED)
        by = "passkey"
    else:
        by = use_code(identity.user_id, code)
    confirmed = confirm_session(identity)
    _report(Event.USER_CONFIRMED, identity, by)
    return confirmed


def _check_password(identity: Identity, password: str) -> None:
    tries = password_tries(identity.user_id)
    with rate_limits.counted_try(tries):
        is_right = confirmation.check_password(identity.user_id, password)
    if not is_right:
        _report(Event.USER_CONFIRMATION_FAILED, identity, "password")
        raise InvalidInput(WRONG, {"password": WRONG})
    rate_limits.give_back_tries(tries)


def _given_proof() -> dict[str, str]:
    """What the form holds beside its own fields: the password, a code, or the answer of a passkey."""
    given = {name: request.form.get(field, "") for name, field in PROOF_FIELDS.items()}
    return {name: value for name, value in given.items() if value}


def _report(event: Event, identity: Identity, by: str) -> None:
    details = {"session_id": identity.session_id, "by": by}
    security_events.report(event, user_id=identity.user_id, details=details, **client_details())
