"""Browser sessions in Redis through Flask-Session, with stricter rules than the library's.

- A malformed cookie or value gives a new, empty session; values are MessagePack and never unpickled.
- A session that was loaded is saved only if its key still exists, so that a request that began before a log-out can't
  bring the session back.
- While Redis is unavailable a session is empty. The log-in is a row of PostgreSQL and does not depend on it.
- Keys hold the SHA-256 of the cookie's secret, so that nobody can use what they read in Redis as a cookie.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from typing import Any, cast

import flask
import msgspec
from flask import Flask, Request, Response, request
from flask_session.redis import RedisSession, RedisSessionInterface
from redis import Redis
from redis.commands.core import Script

from taskforge.http.cross_site import SAFE_METHODS
from taskforge.http.rate_limits import CountedWrite, web_writes_key
from taskforge.http.urls import API_PREFIX, ASSETS_PREFIX
from taskforge.messaging.keys import MINUTE, SESSION
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard

SECRET_BYTES = 32
CSRF_FIELD = "csrf_token"
USER_FIELD = "_user_id"  # Flask-Login's name for the user's id
# The value of a session, and one more change counted for its user: the new count, and the milliseconds of the window
# that are left. The key of the count is made of two parts with the user's id between them.
OPEN = f"""
    local raw = redis.call('GET', KEYS[1])
    if not raw then return {{false}} end
    local is_read, data = pcall(cmsgpack.unpack, raw)
    if not is_read or type(data) ~= 'table' or type(data['{USER_FIELD}']) ~= 'string' then return {{raw}} end
    local key = ARGV[1] .. data['{USER_FIELD}'] .. ARGV[2]
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('EXPIRE', key, ARGV[3]) end
    return {{raw, count, redis.call('PTTL', key)}}
"""
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{43}")


class StrictSession(RedisSession):
    """A session and its origin.

    ``stored`` says that Redis held it; ``fresh_cookie`` that its secret is new and the browser must be given it;
    ``counted_write`` what was counted for its user when it was opened.
    """

    stored = False
    fresh_cookie = False
    counted_write: CountedWrite | None = None


class StrictRedisSessionInterface(RedisSessionInterface):
    """The session interface of TaskForge; its rules are those of the module."""

    session_class = StrictSession
    open_script: Script

    def open_session(self, app: Flask, request: Request) -> StrictSession:
        """The session of the cookie's secret; an empty one if Redis does not know it; a new one without a cookie."""
        sid = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        known = is_secret(sid)
        if not known:
            sid = self.new_secret()
        counted = data = None
        if known and _is_write(request):
            data, counted = self._open_for_write(self._get_store_id(sid))
        elif known and not _is_asset(request):
            data = self._retrieve_session_data(self._get_store_id(sid))
        session = StrictSession(data or {}, sid=sid)
        session.stored, session.counted_write = data is not None, counted
        session.fresh_cookie = not known
        dict.__setitem__(session, CSRF_FIELD, csrf_secret(app, sid))
        return session

    def save_session(self, app: Flask, session: StrictSession, response: Response) -> None:
        """Write the session if it changed, and set the cookie if the secret is new and the answer depends on it.

        It does if it holds a CSRF token. Any other answer leaves the cookie alone: it may arrive after the page with
        the log-in form, whose token belongs to the cookie that came with it. Assets get no ``Vary: Cookie``: they are
        the same for everybody, and a log-in would make a browser load them all again.
        """
        if _is_asset(request):
            return
        if session.accessed:
            response.vary.add("Cookie")
        if session.modified:
            self._upsert_session(
                app.permanent_session_lifetime, session, self._get_store_id(session.sid)
            )
        gives_token = CSRF_FIELD in flask.g  # where Flask-WTF keeps the one that it made
        if session.fresh_cookie and (session.modified or gives_token):
            response.set_cookie(
                app.config["SESSION_COOKIE_NAME"],
                session.sid,
                max_age=int(app.permanent_session_lifetime.total_seconds()),
                path="/",
                secure=self.get_cookie_secure(app),
                httponly=True,
                samesite="Lax",
            )

    def new_secret(self) -> str:
        """A secret for a session."""
        return str(self._generate_sid(SECRET_BYTES))

    def regenerate(self, session: StrictSession, secret: str | None = None) -> None:
        """Give the session a new secret and drop the old one: at log-in, log-out and privilege changes."""
        self._delete_session(self._get_store_id(session.sid))
        session.sid = secret or self.new_secret()
        session.stored, session.fresh_cookie, session.modified = False, True, True
        dict.__setitem__(session, CSRF_FIELD, csrf_secret(self.app, session.sid))

    def _get_store_id(self, sid: str) -> str:
        return SESSION.key(sid_hash=hashlib.sha256(sid.encode()).hexdigest())

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        try:
            with redis_guard() as client:
                raw = cast(bytes | None, client.get(store_id))
        except RedisUnavailable:
            return None
        return _decode(raw)

    def _open_for_write(self, store_id: str) -> tuple[dict[str, Any] | None, CountedWrite | None]:
        """A session's data, and the change counted for the user that it names, in one round trip."""
        before, after = web_writes_key()
        try:
            with redis_guard():
                raw, *counted = cast(
                    list[Any], self.open_script(keys=[store_id], args=[before, after, MINUTE])
                )
        except RedisUnavailable:
            return None, None
        data = _decode(raw)
        if data is None or not counted:
            return data, None
        return data, CountedWrite(str(data.get(USER_FIELD)), *counted)

    def _delete_session(self, store_id: str) -> None:
        try:
            with redis_guard() as client:
                client.delete(store_id)
        except RedisUnavailable:
            return

    def _upsert_session(
        self, session_lifetime: timedelta, session: StrictSession, store_id: str
    ) -> None:
        data = {key: value for key, value in session.items() if key != CSRF_FIELD}
        try:
            with redis_guard() as client:
                client.set(
                    store_id,
                    msgspec.msgpack.encode(data),
                    ex=int(session_lifetime.total_seconds()),
                    xx=session.stored,
                )
        except RedisUnavailable:
            return


def opened_session() -> StrictSession:
    """The session object behind Flask's proxy, with the attributes of `StrictSession`."""
    return cast(StrictSession, flask.session._get_current_object())  # type: ignore[attr-defined]


def _is_asset(request: Request) -> bool:
    return request.path.startswith(ASSETS_PREFIX)


def _is_write(request: Request) -> bool:
    """Whether a request changes something in the browser; the API counts its own."""
    return request.method not in SAFE_METHODS and not request.path.startswith(API_PREFIX)


def _decode(raw: bytes | None) -> dict[str, Any] | None:
    try:
        data = msgspec.msgpack.decode(raw) if raw else None
    except msgspec.DecodeError:
        return None
    return data if isinstance(data, dict) else None


def is_secret(sid: str) -> bool:
    """Whether a text has the form of a session's secret: 43 characters of URL-safe Base64."""
    return _WELL_FORMED.fullmatch(sid) is not None


def csrf_secret(app: Flask, sid: str) -> str:
    """The CSRF secret of a session: 22 characters, derived from the session's secret by HMAC.

    Derived and not stored, so that forms stay valid when Redis loses the session. 128 bits are too short for the
    token's signer to compress, so all tokens have one length, which `taskforge.http.fragments` relies on.
    """
    key = str(app.config["SECRET_KEY"]).encode()
    digest = hmac.digest(key, b"csrf:" + sid.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def init_sessions(app: Flask, client: Redis) -> None:
    """Make `StrictRedisSessionInterface` the application's session interface."""
    interface = StrictRedisSessionInterface(app, client, SESSION.prefix, sid_length=SECRET_BYTES)
    interface.open_script = client.register_script(OPEN)
    app.session_interface = interface
