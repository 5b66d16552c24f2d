"""Accounts and sessions: register, log in, log out, see and end sessions."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Response, jsonify

from taskforge.accounts import login_history, service, session_list, session_records
from taskforge.accounts.confirmation import CONFIRMED_FOR
from taskforge.api import serialising
from taskforge.api.blueprints import (
    ApiBlueprint,
    accepted,
    needs_no_login,
    no_content,
    takes_no_key,
)
from taskforge.api.schemas import accounts as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.errors import NotAuthenticated, NotFound
from taskforge.http.sessions import is_secret
from taskforge.identity import account_links, current, invited, limited, two_step
from taskforge.identity.confirmation import confirm
from taskforge.identity.logins import WRONG_CREDENTIALS, check_login, report_login
from taskforge.stores.actor import Actor
from taskforge.text.values import parse_uuid

METHODS = ["app", "recovery_code"]
CLEAR_SITE_DATA = '"cache", "storage"'

blueprint = ApiBlueprint("auth", __name__, topic="Accounts and sessions", prefix="/auth")


@blueprint.post("/register")
@needs_no_login
@blueprint.arguments(schemas.Registration)
@blueprint.response(201, schemas.User)
@blueprint.alt_response(202, description="A link was sent to the address, which makes the account.")
def register(data: dict[str, Any]) -> Any:
    """Create an account.

    With a mail server, and without an invitation: send a link that makes it, with the same answer for every address.
    """
    token = data.pop("invitation", None)
    if account_links.registers_by_mail() and invited.find_open_invitation(token) is None:
        account_links.request_registration(**data, invitation=token)
        return accepted()
    change = limited.sign_up(**data, invitation=token)
    return {"last_name": "", **data, "user_id": change.entity_id}


@blueprint.post("/login")
@takes_no_key
@needs_no_login
@blueprint.arguments(schemas.Credentials)
@blueprint.response(200, schemas.LoggedIn)
@blueprint.alt_response(202, schema=schemas.SecondStepNeeded)
def login(data: dict[str, Any]) -> Any:
    """Log in; answers the session's secret and a one-hour token, either of which authenticates further requests.

    The token ends with its session. Unknown addresses and wrong passwords are answered alike. Where the account has a
    second factor the answer is 202, and the log-in goes on with `POST /api/auth/login/second-step`.
    """
    user_id = check_login(data["email"], data["password"])
    if user_id is None:
        raise NotAuthenticated(WRONG_CREDENTIALS)
    if (step := two_step.begin_second_step(user_id)) is not None:
        needed = {"step_token": step.token, "expires_at": step.expires_at, "methods": METHODS}
        return jsonify(schemas.SecondStepNeeded().dump(needed)), 202
    return _logged_in(user_id)


@blueprint.post("/login/second-step")
@takes_no_key
@needs_no_login
@blueprint.arguments(schemas.SecondStep)
@blueprint.response(200, schemas.LoggedIn)
def login_second_step(data: dict[str, Any]) -> Any:
    """Finish a log-in by a code of the authenticator app, or a recovery code. Each code is good once."""
    passed = two_step.pass_second_step(data["step_token"], data["code"])
    return _logged_in(passed.user_id, second_factor=passed.factor)


@blueprint.post("/verify")
@takes_no_key
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.VerifiedSession)
def verify(_data: dict[str, Any]) -> Any:
    """Whether the credentials of this request are good, whose they are, and until when; 401 if they are not."""
    actor = current.current_actor()
    for row in session_list.list_sessions(actor):
        if row["session_id"] == actor.session_id:
            return {
                "valid": True,
                "session_id": actor.session_id,
                "expires_at": min(row["expires_at"], row["last_seen_at"] + session_records.IDLE),
                "user": serialising.profile(service.get_profile(actor)),
            }
    raise NotAuthenticated()  # it was ended just now


@blueprint.post("/password-reset")
@takes_no_key
@needs_no_login
@blueprint.arguments(schemas.PasswordResetRequest)
@blueprint.response(202)
def request_password_reset(data: dict[str, Any]) -> Response:
    """Send a link to a new password to an address. The answer is the same for every address, and says nothing of it."""
    account_links.request_reset(**data)
    return accepted()


@blueprint.post("/password-reset/confirm")
@takes_no_key
@needs_no_login
@blueprint.arguments(schemas.PasswordReset)
@blueprint.response(204)
def confirm_password_reset(data: dict[str, Any]) -> Response:
    """Set a new password with the token of a link. It works once, within ten minutes, and ends all sessions."""
    account_links.reset_password(**data)
    return no_content()


@blueprint.post("/logout")
@takes_no_key
@blueprint.arguments(Nothing, required=False)
@blueprint.response(204)
def logout(_data: dict[str, Any]) -> Response:
    """End the session that makes this request."""
    # Idempotent without a key; and a stored key would outlive the session.
    actor = dataclasses.replace(current.current_actor(), op_id=None, op_fingerprint=None)
    if not current.uses_header_credentials():
        current.end_session(actor)
        return no_content(Clear_Site_Data=CLEAR_SITE_DATA)
    assert actor.session_id is not None
    session_records.revoke_session(actor, actor.session_id)
    return no_content()


@blueprint.post("/confirm")
@takes_no_key
@blueprint.arguments(schemas.Proof)
@blueprint.response(200, schemas.Confirmed)
def prove_again(data: dict[str, Any]) -> Any:
    """Prove again that it is you, by the password or by a code of your second factor.

    What is delicate can be done in this session until `confirmedUntil`; before, it is answered by the error
    `confirmation_required`. A session by cookie gets a new cookie.
    """
    identity = confirm(current.current_identity(), **data)
    assert identity.confirmed_at is not None
    return {"confirmed_until": identity.confirmed_at + CONFIRMED_FOR}


@blueprint.get("/sessions")
@blueprint.response(200, schemas.SessionList)
def list_sessions() -> Any:
    """The live sessions of whoever is asking."""
    actor = current.current_actor()
    return {
        "items": [
            {**row, "current": row["session_id"] == actor.session_id}
            for row in session_list.list_sessions(actor)
        ]
    }


@blueprint.get("/logins")
@blueprint.response(200, schemas.LoginList)
def list_logins() -> Any:
    """The log-ins of whoever is asking within the last 90 days, and those that were refused; the latest 100."""
    found = login_history.list_logins(current.current_actor().user_id)
    unknown = {"kind": None, "second_factor": None}
    return {"items": [{**unknown, **row, **(row["details"] or {})} for row in found]}


@blueprint.delete("/sessions/<any_id:session>")
@blueprint.response(204)
def delete_session(session: str) -> Response:
    """End a session by its public id, or by the secret that the log-in answered."""
    actor = current.current_actor()
    session_records.revoke_session(actor, _public_id(actor, session))
    return no_content()


def _logged_in(user_id: str, *, second_factor: str | None = None) -> dict[str, Any]:
    secret, token = current.start_api_session(user_id)
    report_login(user_id, kind="api", second_factor=second_factor)
    profile = service.get_profile(Actor(user_id=user_id))
    return {"token": token, "session_id": secret, "user": serialising.profile(profile)}


def _public_id(actor: Actor, session: str) -> str:
    if not is_secret(session):
        return parse_uuid(session)
    found = session_records.find_identity(sid=session)
    if found is None or found.user_id != actor.user_id:
        raise NotFound()
    return found.session_id
