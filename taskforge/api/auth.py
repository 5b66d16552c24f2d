"""Accounts and sessions: register, log in, log out, see and end sessions."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Response

from taskforge.accounts import service, session_list, session_records
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
from taskforge.identity import account_links, current, limited
from taskforge.identity.confirmation import confirm_by_password
from taskforge.identity.logins import WRONG_CREDENTIALS, check_login, report_login
from taskforge.stores.actor import Actor
from taskforge.text.values import parse_uuid

CLEAR_SITE_DATA = '"cache", "storage"'

blueprint = ApiBlueprint("auth", __name__, topic="Accounts and sessions", prefix="/auth")


@blueprint.post("/register")
@needs_no_login
@blueprint.arguments(schemas.Registration)
@blueprint.response(201, schemas.User)
@blueprint.alt_response(202, description="A link was sent to the address, which makes the account.")
def register(data: dict[str, Any]) -> Any:
    """Create an account. With a mail server: send a link that makes it, with the same answer for every address."""
    if account_links.registers_by_mail():
        account_links.request_registration(**data)
        return accepted()
    change = limited.sign_up(**data)
    return {"last_name": "", **data, "user_id": change.entity_id}


@blueprint.post("/login")
@takes_no_key
@needs_no_login
@blueprint.arguments(schemas.Credentials)
@blueprint.response(200, schemas.LoggedIn)
def login(data: dict[str, Any]) -> Any:
    """Log in; answers the session's secret and a one-hour token, either of which authenticates further requests.

    The token ends with its session. Unknown addresses and wrong passwords are answered alike.
    """
    user_id = check_login(data["email"], data["password"])
    if user_id is None:
        raise NotAuthenticated(WRONG_CREDENTIALS)
    try:
        secret, token = current.start_api_session(user_id)
    except NotFound as error:  # the account was suspended after the check
        raise NotAuthenticated(WRONG_CREDENTIALS) from error
    report_login(user_id, kind="api")
    profile = service.get_profile(Actor(user_id=user_id))
    return {"token": token, "session_id": secret, "user": serialising.profile(profile)}


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
def confirm(data: dict[str, Any]) -> Any:
    """Prove again that it is you, by the password.

    What is delicate can be done in this session until `confirmedUntil`; before, it is answered by the error
    `confirmation_required`. A session by cookie gets a new cookie.
    """
    identity = confirm_by_password(current.current_identity(), data["password"])
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


@blueprint.delete("/sessions/<any_id:session>")
@blueprint.response(204)
def delete_session(session: str) -> Response:
    """End a session by its public id, or by the secret that the log-in answered."""
    actor = current.current_actor()
    session_records.revoke_session(actor, _public_id(actor, session))
    return no_content()


def _public_id(actor: Actor, session: str) -> str:
    if not is_secret(session):
        return parse_uuid(session)
    found = session_records.find_identity(sid=session)
    if found is None or found.user_id != actor.user_id:
        raise NotFound()
    return found.session_id
