"""Makes the `Actor` that services get from the request: the user, the client's details, the operation id."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import IO
from uuid import UUID, uuid5

from flask import Request, current_app, request

from taskforge.errors import InvalidInput
from taskforge.ids import new_id
from taskforge.sent_file import pieces_of
from taskforge.stores.actor import Actor, UsedToken
from taskforge.text.values import is_uuid

MAX_USER_AGENT_LENGTH = 400
BAD_IDEMPOTENCY_KEY = "The idempotency key must be a UUID."


def make_actor(
    user_id: str, *, session_id: str | None = None, token: UsedToken | None = None
) -> Actor:
    """An actor for `user_id`, with the client and the operation id of this request, and the API token that it has.

    Raises:
        InvalidInput: the operation id is not a UUID.
    """
    op_id = _operation_id()
    return Actor(
        user_id=user_id,
        op_id=op_id,
        op_fingerprint=_fingerprint(request) if op_id else None,
        session_id=session_id,
        token=token,
        **client_details(),
    )


def make_followup_actor(user_id: str, purpose: str) -> Actor:
    """The actor of a second change in the same request.

    Its operation id is derived from the request's and from `purpose`: both changes are repeated safely, each by itself.
    """
    actor = make_actor(user_id)
    op_id = actor.op_id and str(uuid5(UUID(actor.op_id), purpose))
    return replace(actor, op_id=op_id)


def make_signup_actor() -> Actor:
    """The actor of a sign-up; its user id becomes the new account's.

    The id is derived from the operation id by a keyed hash, so that a form that is sent twice makes one account and the
    second answer is like the first. Without the server's key an attacker can't derive, and so replay, another person's.
    """
    operation = _operation_id()
    if operation is None:
        return make_actor(new_id())
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, b"register:" + operation.encode(), hashlib.sha256).digest()
    return make_actor(str(UUID(bytes=digest[:16], version=4)))


def client_details() -> dict[str, str | None]:
    """The client's ``ip`` and ``user_agent``, as audit events and session records keep them."""
    return {
        "ip": request.remote_addr,
        "user_agent": request.headers.get("User-Agent", "")[:MAX_USER_AGENT_LENGTH] or None,
    }


def _operation_id() -> str | None:
    """The operation id of a POST, from the header ``Idempotency-Key`` or the field ``op``, in canonical form; or None.

    Raises:
        InvalidInput: it is not a UUID.
    """
    if request.method != "POST":
        return None
    given = request.headers.get("Idempotency-Key") or request.form.get("op")
    if not given:
        return None
    canonical = given.strip().lower()
    if not is_uuid(canonical):
        raise InvalidInput(BAD_IDEMPOTENCY_KEY, {"op": BAD_IDEMPOTENCY_KEY})
    return canonical


def _fingerprint(asked: Request) -> bytes:
    """A keyed hash of method, path and body, to notice an operation id that is used again for another request.

    CSRF token and operation id are left out: they may differ between two tries. Keyed, because the hash is stored and
    a body may hold a password.
    """
    if asked.mimetype == "application/json":
        body = asked.get_data(cache=True)
    else:
        fields = [
            (name, value)
            for name, value in asked.form.items(multi=True)
            if name not in ("op", "csrf_token")
        ]
        sent = [
            (name, file.filename or "", _hash(file.stream))
            for name, file in asked.files.items(multi=True)
        ]
        body = repr([sorted(fields), sorted(sent)]).encode()
    asked_for = f"{asked.method} {asked.path}\n".encode() + body
    key = b"taskforge-fingerprint:" + str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, asked_for, hashlib.sha256).digest()


def _hash(stream: IO[bytes]) -> str:
    """The SHA-256 of a file that may be large; it is at its beginning afterwards."""
    digest = hashlib.sha256()
    for piece in pieces_of(stream):  # a change of the same request may have read it
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()
