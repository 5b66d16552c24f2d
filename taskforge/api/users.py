"""One's own profile."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.accounts import service
from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, accepted, takes_version
from taskforge.api.schemas import accounts as schemas
from taskforge.api.versions import change_latest, requested_version, showing_current, tagged
from taskforge.identity import account_links
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change

blueprint = ApiBlueprint("users", __name__, topic="Accounts and sessions", prefix="/users")


@blueprint.get("/me")
@blueprint.response(200, schemas.Profile)
def get_profile() -> Any:
    """The account and profile of whoever is asking."""
    return tagged(_profile(current_actor()))


@blueprint.patch("/me")
@takes_version
@blueprint.arguments(schemas.ProfileChanges)
@blueprint.response(200, schemas.Profile)
def edit_profile(data: dict[str, Any]) -> Any:
    """Change some of one's own profile."""
    actor = current_actor()
    version = requested_version(data)

    def change(at: int) -> Change:
        changes = {name: value for name, value in data.items() if name != "version"}
        return service.edit_profile(actor, version=at, changes=changes)

    with showing_current(schemas.Profile(), lambda: _profile(actor)):
        change_latest(version, lambda: int(_profile(actor)["version"]), change)
    return tagged(_profile(actor))


@blueprint.post("/me/email")
@needs_confirmation
@blueprint.arguments(schemas.AddressChange)
@blueprint.response(202)
def change_email(data: dict[str, Any]) -> Response:
    """Send a link to a new address, which becomes one's own when the link is used; the old one is told then."""
    account_links.request_address_change(current_actor(), **data)
    return accepted()


def _profile(actor: Actor) -> dict[str, Any]:
    return serialising.profile(service.get_profile(actor))
