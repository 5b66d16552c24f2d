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

View = TypeVar("View", bound=Callable[..., Any])

PASSWORD_FIELD = "confirm_password"  # noqa: S105 - the name of a field
WRONG_PASSWORD = "That is not your password."  # noqa: S105 - a sentence


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
        ConfirmationRequired: they have not, or what they gave was wrong.
    """
    identity = current_identity()
    if confirmation.is_confirmed(identity):
        return
    password = "" if request.method in SAFE_METHODS else request.form.get(PASSWORD_FIELD, "")
    problem: TaskForgeError | None = None
    try:
        if password:
            confirm_by_password(identity, password)
            return
        if PASSWORD_FIELD in request.form:
            problem = InvalidInput("Give your password.")
    except (InvalidInput, RateLimited, Unavailable) as error:
        problem = error
    g.is_confirmation_required = True
    raise ConfirmationRequired(problem)


def confirm_by_password(identity: Identity, password: str) -> Identity:
    """Note that somebody has proved by their password that it is them; answers their identity as it is now.

    Raises:
        RateLimited: too many wrong passwords within 15 minutes.
        InvalidInput: it is wrong.
        NotAuthenticated: the session has ended meanwhile.
    """
    tries = password_tries(identity.user_id)
    rate_limits.take_try(tries)
    if not confirmation.check_password(identity.user_id, password):
        _report(Event.USER_CONFIRMATION_FAILED, identity)
        raise InvalidInput(WRONG_PASSWORD, {"password": WRONG_PASSWORD})
    rate_limits.give_back_tries(tries)
    confirmed = confirm_session(identity)
    _report(Event.USER_CONFIRMED, identity)
    return confirmed


def _report(event: Event, identity: Identity) -> None:
    details = {"session_id": identity.session_id, "by": "password"}
    security_events.report(event, user_id=identity.user_id, details=details, **client_details())
