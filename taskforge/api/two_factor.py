"""One's own second factor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from taskforge.accounts import recovery_codes
from taskforge.accounts import two_factor as service
from taskforge.api.blueprints import ApiBlueprint, no_content, takes_no_key
from taskforge.api.schemas import accounts as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.teams.two_factor import turn_off_own

blueprint = ApiBlueprint(
    "two_factor", __name__, topic="Accounts and sessions", prefix="/users/me/two-factor"
)


@blueprint.get("")
@blueprint.response(200, schemas.TwoFactorState)
def get_two_factor() -> Any:
    """Whether your log-ins by password ask for a second factor."""
    state = service.get_two_factor(current_actor().user_id)
    return {
        "enabled": state.enabled_at is not None,
        "enabled_at": state.enabled_at,
        "recovery_codes_left": state.codes_left,
    }


@blueprint.post("/setup")
@takes_no_key
@needs_confirmation
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.TwoFactorSetup)
def begin_setup(_data: dict[str, Any]) -> Any:
    """Make a secret for your authenticator app. Nothing is stored until you send its first code, within an hour."""
    setup = service.begin_setup(current_actor().user_id)
    return {"secret": setup.secret, "uri": setup.uri, "setup_token": setup.token}


@blueprint.post("")
@takes_no_key
@needs_confirmation
@blueprint.arguments(schemas.FirstCode)
@blueprint.response(201, schemas.RecoveryCodes)
def enable(data: dict[str, Any]) -> Any:
    """Turn two-factor log-in on; answers ten recovery codes, once."""
    codes = recovery_codes.new_codes()
    service.enable(_keyless_actor(), token=data["setup_token"], code=data["code"], codes=codes)
    return {"recovery_codes": codes}


@blueprint.post("/recovery-codes")
@takes_no_key
@needs_confirmation
@blueprint.arguments(Nothing, required=False)
@blueprint.response(201, schemas.RecoveryCodes)
def renew_codes(_data: dict[str, Any]) -> Any:
    """Replace your recovery codes; answers the new ones, once."""
    codes = recovery_codes.new_codes()
    service.renew_codes(_keyless_actor(), codes=codes)
    return {"recovery_codes": codes}


@blueprint.delete("")
@needs_confirmation
@blueprint.arguments(schemas.TurningOff, location="query")
@blueprint.response(204)
def disable(query: dict[str, Any]) -> Response:
    """Turn two-factor log-in off; with anyway=true also where teams require it, which you then do not see."""
    turn_off_own(current_actor(), is_warned=query.get("anyway") == "true")
    return no_content()


def _keyless_actor() -> Actor:
    """The actor without an operation: its stored answer could not hold the codes."""
    return replace(current_actor(), op_id=None, op_fingerprint=None)
