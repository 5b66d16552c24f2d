"""Browser sessions in Redis through Flask-Session, made strict.

Differences from the library's interface: garbage gives a fresh session and is never unpickled; a loaded session is
saved only if it still exists, so a request in flight can't bring a revoked one back; a Redis that is away loses only
what it held (the log-in itself is on record in PostgreSQL); keys hold the SHA-256 of the cookie's secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from typing import Any, cast

import msgspec
from flask import Flask, Request, Response, request
from flask_session.redis import RedisSession, RedisSessionInterface
from redis import Redis

from taskforge.http.urls import API_PREFIX, ASSETS_PREFIX
from taskforge.messaging import redis_cache

KEY_PREFIX = "session:"
SECRET_BYTES = 32
CSRF_FIELD = "csrf_token"
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{43}")


class StrictSession(RedisSession):
    """A session that knows where it came from.

    ``stored`` is true when Redis had it; ``fresh_cookie`` when the browser must be given the secret.
    """

    stored = False
    fresh_cookie = False


class StrictRedisSessionInterface(RedisSessionInterface):
    """The session interface of TaskForge; see the module."""

    session_class = StrictSession

    def open_session(self, app: Flask, request: Request) -> StrictSession:
        """The session of the cookie's secret; an empty one if Redis does not know it; a new one without a cookie."""
        sid = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        known = is_secret(sid)
        if not known:
            sid = self._generate_sid(SECRET_BYTES)
        asked = known and not _is_asset(request)
        data = self._retrieve_session_data(self._get_store_id(sid)) if asked else None
        session = StrictSession(data or {}, sid=sid)
        session.stored = data is not None
        session.fresh_cookie = not known
        dict.__setitem__(session, CSRF_FIELD, csrf_secret(app, sid))
        return session

    def save_session(self, app: Flask, session: StrictSession, response: Response) -> None:
        """Write the session if it changed, and set the cookie if the secret is new and was used.

        An API client that only looked is given no cookie: it brings its credentials itself. An asset is the same for
        all, and must not vary with the cookie: a log-in would have a browser load them all again.
        """
        if _is_asset(request):
            return
        if session.accessed:
            response.vary.add("Cookie")
        if session.modified:
            self._upsert_session(
                app.permanent_session_lifetime, session, self._get_store_id(session.sid)
            )
        looked_at = session.accessed and not request.path.startswith(API_PREFIX)
        if session.fresh_cookie and (session.modified or looked_at):
            response.set_cookie(
                app.config["SESSION_COOKIE_NAME"],
                session.sid,
                max_age=int(app.permanent_session_lifetime.total_seconds()),
                path="/",
                secure=self.get_cookie_secure(app),
                httponly=True,
                samesite="Lax",
            )

    def regenerate(self, session: StrictSession) -> None:
        """Give the session a new secret and drop the old one: at log-in, log-out and privilege changes."""
        self._delete_session(self._get_store_id(session.sid))
        session.sid = self._generate_sid(SECRET_BYTES)
        session.stored, session.fresh_cookie, session.modified = False, True, True
        dict.__setitem__(session, CSRF_FIELD, csrf_secret(self.app, session.sid))

    def _get_store_id(self, sid: str) -> str:
        return KEY_PREFIX + hashlib.sha256(sid.encode()).hexdigest()

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        try:
            with redis_cache.asking() as client:
                raw = cast(bytes | None, client.get(store_id))
        except redis_cache.RedisAway:
            return None
        try:
            data = msgspec.msgpack.decode(raw) if raw else None
        except msgspec.DecodeError:
            return None
        return data if isinstance(data, dict) else None

    def _delete_session(self, store_id: str) -> None:
        try:
            with redis_cache.asking() as client:
                client.delete(store_id)
        except redis_cache.RedisAway:
            return

    def _upsert_session(
        self, session_lifetime: timedelta, session: StrictSession, store_id: str
    ) -> None:
        data = {key: value for key, value in session.items() if key != CSRF_FIELD}
        try:
            with redis_cache.asking() as client:
                client.set(
                    store_id,
                    msgspec.msgpack.encode(data),
                    ex=int(session_lifetime.total_seconds()),
                    xx=session.stored,
                )
        except redis_cache.RedisAway:
            return


def _is_asset(request: Request) -> bool:
    return request.path.startswith(ASSETS_PREFIX)


def is_secret(sid: str) -> bool:
    """Whether a text has the form of a session's secret."""
    return _WELL_FORMED.fullmatch(sid) is not None


def csrf_secret(app: Flask, sid: str) -> str:
    """The CSRF secret that belongs to a session: derived, so that it survives a Redis that forgot the session.

    128 bits, too short for the signer to compress: all tokens have one length, which `shared_html` counts on.
    """
    key = str(app.config["SECRET_KEY"]).encode()
    digest = hmac.digest(key, b"csrf:" + sid.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def init_sessions(app: Flask, client: Redis) -> None:
    """Make `StrictRedisSessionInterface` the application's session interface."""
    app.session_interface = StrictRedisSessionInterface(
        app, client, KEY_PREFIX, sid_length=SECRET_BYTES
    )
