"""One's own API tokens. No token makes, lists or revokes tokens: a session does."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.accounts import api_tokens as service
from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import api_tokens as schemas
from taskforge.identity import own_tokens
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor

blueprint = ApiBlueprint(
    "tokens", __name__, topic="Accounts and sessions", prefix="/users/me/tokens"
)


@blueprint.get("")
@blueprint.response(200, schemas.ApiTokenList)
def list_tokens() -> Any:
    """Your API tokens, latest first, with when and from where they were used last."""
    return {"items": service.list_tokens(current_actor().user_id)}


@blueprint.post("")
@needs_confirmation
@blueprint.arguments(schemas.NewToken)
@blueprint.response(201, schemas.MadeToken)
def make_token(data: dict[str, Any]) -> Any:
    """Make an API token. The answer is the only one that shows it: `Authorization: Bearer tf_…` uses it."""
    actor = current_actor()
    made = own_tokens.make_token(actor, service.NewToken(**data))
    return {**service.get_token(actor.user_id, made.token_id), "token": made.secret}


@blueprint.delete("/<any_id:token_id>")
@blueprint.response(204)
def revoke_token(token_id: str) -> Response:
    """Revoke one of your API tokens; it authenticates nobody from the next request on."""
    service.revoke_token(current_actor(), token_id)
    return no_content()
