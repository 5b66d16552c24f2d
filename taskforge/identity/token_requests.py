"""Requests of programs with an API token: to the API alone, and by a header alone.

What the token's scope does not let it do is refused by `taskforge.api.scopes`.
"""

from __future__ import annotations

from flask import g, request
from flask_login import current_user

from taskforge.accounts import token_identity
from taskforge.accounts.token_identity import PREFIX, TokenIdentity
from taskforge.errors import Forbidden, NotAuthenticated
from taskforge.http.sessions import is_secret
from taskforge.http.urls import API_PREFIX
from taskforge.identity.preload import request_preloaded
from taskforge.stores.team_limit import TeamLimit, begin_limit

OF_THE_ACCOUNT = (
    "API tokens can't do this: it is about your account. Log in with your password for it."
)


def bearer_of(header: str) -> str | None:
    """What a header ``Authorization: Bearer …`` brings; None for other schemes."""
    scheme, _, given = header.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def is_api_token(given: str) -> bool:
    """Whether something looks like an API token."""
    return given.startswith(PREFIX)


def identify_by_token(given: str) -> TokenIdentity | None:
    """Whose token it is; from now on the request sees the teams that the token is limited to.

    None for what is no token, or not a valid one (`why_refused` then knows why), and everywhere but in the API.
    """
    if not request.path.startswith(API_PREFIX):
        return None
    if not is_secret(given.removeprefix(PREFIX)):
        g.token_refusal = token_identity.UNKNOWN
        return None
    preloaded = request_preloaded()
    query = None if preloaded.is_identified else preloaded.query
    try:
        identity, row = token_identity.identify(given, query, ip=request.remote_addr)
    except NotAuthenticated as error:
        g.token_refusal = error.message
        return None
    if not preloaded.is_identified:
        preloaded.row, preloaded.is_identified = row, True
    if identity.team_ids is not None:
        begin_limit(TeamLimit(identity.user_id, identity.team_ids))
    g.user_id = identity.user_id
    return identity


def why_refused() -> str | None:
    """Why the token of this request lets nobody in; None if it has none that ever looked like one."""
    refusal: str | None = g.get("token_refusal")
    return refusal


def current_token() -> TokenIdentity | None:
    """The token by which this request is made; None for a session."""
    user = current_user._get_current_object()
    return user if isinstance(user, TokenIdentity) else None


def refuse_tokens() -> None:
    """Guard what a token never does, whatever its scope.

    Raises:
        Forbidden: the request has one.
    """
    if current_token() is not None:
        raise Forbidden(OF_THE_ACCOUNT)
