"""The second step of a log-in: whoever has given the right password proves that they have the second factor too.

Between the steps stands a token that a client brings back: sealed, good for five minutes, and over when the password is
changed. It opens no session by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from limits import RateLimitItem, RateLimitItemPerMinute

from taskforge import clock
from taskforge.accounts import sealed_secrets, second_factor, two_factor
from taskforge.audit import security_events
from taskforge.errors import InvalidInput, NotAuthenticated, NotFound
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.http import rate_limits
from taskforge.identity.actors import client_details
from taskforge.stores.actor import Actor

LIFETIME = timedelta(minutes=5)
PURPOSE = "second-step"
WRONG_CODE = "This code is wrong, or it was used before."
STEP_OVER = "That took too long. Please log in again."


@dataclass(frozen=True)
class SecondStep:
    """What a log-in still needs: the token for it, and until when it is good."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Passed:
    """Who has passed the second step, and by which factor."""

    user_id: str
    factor: str


def begin_second_step(user_id: str) -> SecondStep | None:
    """The second step of a log-in whose password was right; None if this person has no second factor."""
    try:
        state = two_factor.get_two_factor(user_id)
    except NotFound:  # suspended since; opening the session will say so
        return None
    if state.enabled_at is None:
        return None
    values = {"user_id": user_id, "since": state.password_changed_at.isoformat()}
    return SecondStep(sealed_secrets.make_token(values, PURPOSE), clock.now() + LIFETIME)


def find_step_user(token: str) -> str | None:
    """Whose log-in a token of `begin_second_step` belongs to; None if it is over."""
    try:
        values = sealed_secrets.read_token(token, PURPOSE, lifetime=LIFETIME)
        state = two_factor.get_two_factor(values["user_id"])
    except (sealed_secrets.CannotOpen, NotFound):
        return None
    is_same = state.password_changed_at.isoformat() == values["since"]
    return str(values["user_id"]) if is_same and state.enabled_at is not None else None


def pass_second_step(token: str, code: str) -> Passed:
    """Check the code of a second step. What was wrong is counted and recorded.

    Raises:
        NotAuthenticated: the step is over.
        RateLimited: too many wrong codes within 15 minutes.
        InvalidInput: the code is wrong, or was used.
    """
    user_id = find_step_user(token)
    if user_id is None:
        raise NotAuthenticated(STEP_OVER)
    return Passed(user_id, use_code(user_id, code))


def use_code(user_id: str, code: str) -> str:
    """Use up a code of somebody's second factor; answers the factor.

    Raises:
        RateLimited, InvalidInput: like `pass_second_step`.
    """
    tries = _tries(user_id)
    client = client_details()
    actor = Actor(user_id=user_id, ip=client["ip"], user_agent=client["user_agent"])
    with rate_limits.counted_try(tries):
        factor = second_factor.use_code(actor, code)
    if factor is None:
        security_events.report(
            Event.USER_SECOND_FACTOR_FAILED, user_id=user_id, details={}, **client
        )
        raise InvalidInput(WRONG_CODE, {"code": WRONG_CODE})
    rate_limits.give_back_tries(tries)
    return factor


def _tries(user_id: str) -> RateLimitItem:
    maximum = config_of().login_attempts_per_15_minutes
    return RateLimitItemPerMinute(maximum, 15, namespace=f"second-factor:{user_id}")
