"""Making an API token of one's own: how often is limited, and the token is answered once."""

from __future__ import annotations

from dataclasses import dataclass, field

from limits import RateLimitItemPerDay

from taskforge.accounts import api_tokens
from taskforge.accounts.api_tokens import NewToken
from taskforge.accounts.token_identity import PREFIX
from taskforge.boards.queries import list_teams
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.http import rate_limits
from taskforge.identity.link_tokens import derive_token, find_token, make_nonce
from taskforge.stores.actor import Actor

PURPOSE = "api-token"
MADE_PER_DAY = 20
NOT_YOUR_TEAM = "A token can only be limited to teams that you are in."
NO_TEAM = "Name a team, or let the token be for all your teams."
WAS_SHOWN = (
    "This token was made before, and can't be shown again. If you do not have it, make another one."
)


@dataclass(frozen=True)
class MadeToken:
    """A new token: its id, and ``secret``, which its person sees once."""

    token_id: str
    secret: str = field(repr=False)


def make_token(actor: Actor, new: NewToken) -> MadeToken:
    """Make an API token; the caller has asked its person to confirm that it is them.

    An operation that is sent again gets the same token, though no store holds it.

    Raises:
        RateLimited: too many within a day.
        InvalidInput: like `taskforge.accounts.api_tokens.create_token`, or a team that the actor is not in.
        Conflict: they have too many; or the operation was sent again, and its token can't be shown any more.
    """
    rate_limits.hit(RateLimitItemPerDay(MADE_PER_DAY, namespace=f"tokens:{actor.user_id}"))
    _check_teams(actor, new)
    nonce = make_nonce(actor)
    token = derive_token(PURPOSE, actor.user_id, nonce)
    change = api_tokens.create_token(actor, new, token_hash=token.hash)
    if not change.replayed:
        return MadeToken(change.entity_id, PREFIX + token.secret)
    try:
        stored = api_tokens.get_token(actor.user_id, change.entity_id)
    except NotFound as error:
        raise Conflict(WAS_SHOWN) from error
    secret = find_token(PURPOSE, actor.user_id, nonce, bytes(stored["token_hash"]))
    if secret is None:  # the server's key has changed since
        raise Conflict(WAS_SHOWN)
    return MadeToken(change.entity_id, PREFIX + secret)


def _check_teams(actor: Actor, new: NewToken) -> None:
    if new.team_ids is None:
        return
    if not new.team_ids:
        raise InvalidInput(NO_TEAM, {"team_ids": NO_TEAM})
    own = {team["team_id"] for team in list_teams(actor)}
    if not own.issuperset(new.team_ids):
        raise InvalidInput(NOT_YOUR_TEAM, {"team_ids": NOT_YOUR_TEAM})
