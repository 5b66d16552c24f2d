"""Who acts: the `Actor` that services get, with the circumstances and the operation of this request."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from uuid import UUID, uuid5

from flask import Request, current_app, request

from taskforge.errors import InvalidInput
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.text.values import is_uuid

LONGEST_USER_AGENT = 400
ODD_KEY = "The idempotency key must be a UUID."


def make_actor(user_id: str, *, session_id: str | None = None) -> Actor:
    """An actor for `user_id` with the circumstances of this request."""
    op_id = _operation_id()
    return Actor(
        user_id=user_id,
        op_id=op_id,
        op_fingerprint=_fingerprint(request) if op_id else None,
        session_id=session_id,
        **circumstances(),
    )


def make_second_actor(user_id: str, purpose: str) -> Actor:
    """The actor of a further change that the same request makes, with an operation id of its own for the purpose."""
    actor = make_actor(user_id)
    op_id = actor.op_id and str(uuid5(UUID(actor.op_id), purpose))
    return replace(actor, op_id=op_id)


def make_newcomer() -> Actor:
    """The actor of a sign-up, whose id becomes the account's.

    The same operation gives the same id, so that a form sent twice makes one account and no complaint. Only this
    server can derive it: nobody can ask for somebody else's.
    """
    operation = _operation_id()
    if operation is None:
        return make_actor(new_id())
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, b"register:" + operation.encode(), hashlib.sha256).digest()
    return make_actor(str(UUID(bytes=digest[:16], version=4)))


def circumstances() -> dict[str, str | None]:
    """From where this request comes (``ip``, ``user_agent``), as the records of log-ins and changes keep it."""
    return {
        "ip": request.remote_addr,
        "user_agent": request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT] or None,
    }


def _operation_id() -> str | None:
    """The id that the client gave this change, in canonical form; None without one.

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
        raise InvalidInput(ODD_KEY, {"op": ODD_KEY})
    return canonical


def _fingerprint(asked: Request) -> bytes:
    """What was asked for: method, path and body, without what may differ between two tries of the same thing.

    Keyed, because a body may hold a password, and the fingerprint is stored.
    """
    if asked.mimetype == "application/json":
        body = asked.get_data(cache=True)
    else:
        fields = [
            (name, value)
            for name, value in asked.form.items(multi=True)
            if name not in ("op", "csrf_token")
        ]
        body = repr(sorted(fields)).encode()
    asked_for = f"{asked.method} {asked.path}\n".encode() + body
    key = b"taskforge-fingerprint:" + str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, asked_for, hashlib.sha256).digest()
