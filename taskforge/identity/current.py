"""Who is logged in: Flask-Login's loaders for sessions and tokens, and the start and end of sessions."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from typing import Any, cast

import jwt
from flask import Flask, Request, current_app, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from taskforge import clock
from taskforge.accounts import confirmation, session_records
from taskforge.accounts.session_records import Identity
from taskforge.errors import NotAuthenticated
from taskforge.http.sessions import StrictRedisSessionInterface, is_secret, opened_session
from taskforge.identity.actors import client_details, make_actor
from taskforge.identity.devices import known_device, remember_device
from taskforge.identity.preload import request_preloaded
from taskforge.identity.token_requests import (
    bearer_of,
    current_token,
    identify_by_token,
    is_api_token,
)
from taskforge.identity.viewing import look_as_viewed
from taskforge.messaging import online
from taskforge.stores import sql
from taskforge.stores.actor import Actor, UsedToken
from taskforge.stores.sql import JoinedQuery
from taskforge.stores.team_limit import end_limit
from taskforge.text.zones import find_zone

TOKEN_LIFETIME = timedelta(hours=1)
MARK_ONLINE_EVERY_SECONDS = 60.0
MAX_REMEMBERED = 10_000
_marked_online_at: dict[str, float] = {}


def init_identity(app: Flask) -> None:
    """Give Flask-Login the loaders that identify the user of a request."""
    login_manager = LoginManager(app)
    # Flask-Login would end a session whose IP address changes; here its row in PostgreSQL decides.
    login_manager.session_protection = None
    login_manager.login_view = "accounts.login"
    login_manager.user_loader(_load_from_session)
    login_manager.request_loader(_load_from_request)
    app.teardown_request(lambda _error: end_limit())


def current_identity() -> Identity:
    """The identity of the logged-in user.

    Raises:
        NotAuthenticated: nobody is.
    """
    user = current_user._get_current_object()
    if not user.is_authenticated:
        raise NotAuthenticated()
    return cast(Identity, user)


def current_actor() -> Actor:
    """The logged-in user as the actor of a change, with the client's details and the operation id of this request.

    The operation id is the header ``Idempotency-Key`` or the form's hidden field ``op``.

    Raises:
        NotAuthenticated: nobody is logged in.
        InvalidInput: the operation id is not a UUID.
    """
    identity = current_identity()
    token = current_token()
    return make_actor(
        identity.user_id,
        session_id=identity.session_id or None,
        token=None if token is None else UsedToken(token.token_id, token.token_name),
    )


def current_actor_and_preloaded(query: JoinedQuery) -> tuple[Actor, sql.Row | None]:
    """Like `current_actor`, with the row of `query`, read in the same statement; None when it gives them no row.

    Raises:
        NotAuthenticated: nobody is logged in.
    """
    preloaded = request_preloaded()
    if not preloaded.is_identified:
        preloaded.query = query
    actor = current_actor()
    if preloaded.is_taken or preloaded.query != query:
        # The user was identified earlier, by a statement without this query.
        preloaded.query, preloaded.row = query, session_records.find_preloaded(actor.user_id, query)
    preloaded.is_taken = True
    return actor, preloaded.row


def start_browser_session(user_id: str) -> bool:
    """Log a browser in under a new session secret; answers whether the person has never logged in with it before."""
    interface = cast(StrictRedisSessionInterface, current_app.session_interface)
    interface.regenerate(opened_session())
    sid = opened_session().sid
    session_records.open_session(user_id, sid, kind="browser", **client_details())
    identity = session_records.find_identity(sid=sid)
    login_user(identity)
    if identity is None:
        return False
    is_new = known_device(identity.email) is None
    remember_device(identity.email)
    return is_new


def start_api_session(user_id: str) -> tuple[str, str]:
    """Log an API client in; answers the session's secret and a token (`issue_token`) for it."""
    interface = cast(StrictRedisSessionInterface, current_app.session_interface)
    sid = interface.new_secret()
    session_id = session_records.open_session(user_id, sid, kind="api", **client_details())
    return sid, issue_token(user_id, session_id)


def confirm_session(identity: Identity) -> Identity:
    """Note that somebody has proved that it is them. A browser's session gets a new secret; a program keeps its own.

    Raises:
        NotAuthenticated: the session has ended meanwhile.
    """
    interface = cast(StrictRedisSessionInterface, current_app.session_interface)
    secret = None if uses_header_credentials() else interface.new_secret()
    confirmed = confirmation.mark_confirmed(identity, secret=secret)
    if secret is None:
        g._login_user = confirmed
        return confirmed
    interface.regenerate(opened_session(), secret)
    login_user(confirmed)
    return confirmed


def end_session(actor: Actor) -> None:
    """Log out. The row in PostgreSQL is revoked first: from then on nothing can bring the session back."""
    if actor.session_id is not None:
        session_records.revoke_session(actor, actor.session_id)
    forget_browser_session()


def forget_browser_session() -> None:
    """Empty the browser's session and give it a new secret, so that the old cookie is invalid."""
    logout_user()
    session.clear()
    interface = cast(StrictRedisSessionInterface, current_app.session_interface)
    interface.regenerate(opened_session())


def issue_token(user_id: str, session_id: str) -> str:
    """A JWT for `TOKEN_LIFETIME`; it is refused as soon as its session is revoked or expired."""
    issued = clock.now()
    claims = {"sub": user_id, "sid": session_id, "iat": issued, "exp": issued + TOKEN_LIFETIME}
    return jwt.encode(claims, _token_key(current_app.config["SECRET_KEY"]), algorithm="HS256")


def uses_header_credentials() -> bool:
    """Whether the request has its credentials in a header, which no other site can make a browser send."""
    return "X-Session-Id" in request.headers or "Authorization" in request.headers


def _load_from_session(user_id: str) -> Identity | None:
    if uses_header_credentials():
        return _load_from_request(request)
    identity = _find(sid=opened_session().sid)
    return (
        _note_activity(identity) if identity is not None and identity.user_id == user_id else None
    )


def _load_from_request(given: Request) -> Identity | None:
    """Identify by ``X-Session-Id``, a Bearer token of either kind, or the cookie when Redis has lost the session."""
    if "X-Session-Id" in given.headers:
        return _note_activity(_find_sid(given.headers["X-Session-Id"]))
    if "Authorization" in given.headers:
        return _load_from_bearer(bearer_of(given.headers["Authorization"]) or "")
    opened = opened_session()
    return None if opened.fresh_cookie else _note_activity(_find(sid=opened.sid))


def _load_from_bearer(given: str) -> Identity | None:
    if is_api_token(given):
        return identify_by_token(given)  # nobody is online for it
    return _note_activity(_find_token(given))


def _find_sid(sid: str) -> Identity | None:
    return _find(sid=sid) if is_secret(sid) else None


def _find(*, sid: str | None = None, session_id: str | None = None) -> Identity | None:
    """The identity of a session, and the row of the query that the request preloads, if any."""
    preloaded = request_preloaded()
    query = None if preloaded.is_identified else preloaded.query
    found = session_records.find_identity_and_preloaded(query, sid=sid, session_id=session_id)
    if found is None:
        return None
    identity, row = found
    if not preloaded.is_identified:
        preloaded.row, preloaded.is_identified = row, True
    if look_as_viewed(identity):
        preloaded.query = preloaded.row = None  # read before it was known
    return identity


def _find_token(token: str) -> Identity | None:
    config = current_app.config
    for key in (config["SECRET_KEY"], *config.get("SECRET_KEY_FALLBACKS", ())):
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                _token_key(key),
                algorithms=["HS256"],
                options={"require": ["exp", "sub", "sid"]},
            )
        except jwt.InvalidTokenError:
            continue
        identity = _find(session_id=claims["sid"])
        return identity if identity is not None and identity.user_id == claims["sub"] else None
    return None


def _note_activity(identity: Identity | None) -> Identity | None:
    """Note who is asking, for logs (``g.user_id``) and for the days and times of the answer, and that they are online.

    The latter at most once a minute in each process.
    """
    if identity is None:
        return None
    now = time.monotonic()
    if (
        now - _marked_online_at.get(identity.user_id, -MARK_ONLINE_EVERY_SECONDS)
        >= MARK_ONLINE_EVERY_SECONDS
    ):
        if len(_marked_online_at) >= MAX_REMEMBERED:
            _marked_online_at.clear()
        _marked_online_at[identity.user_id] = now
        online.mark_online(identity.user_id)
    g.user_id = identity.user_id
    if identity.time_zone is not None:
        clock.set_reader_zone(find_zone(identity.time_zone))
    clock.set_reader_week_start(clock.WEEK_STARTS[identity.week_start])
    return identity


def _token_key(secret_key: str) -> bytes:
    return hashlib.sha256(b"taskforge-token:" + secret_key.encode()).digest()
