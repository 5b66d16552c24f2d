"""The use cases of push subscriptions: a person switches push messages on or off in the browser of their session."""

from __future__ import annotations

import hashlib

from sqlalchemy import text

from taskforge.accounts import sealed_secrets
from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.notifications.push.endpoints import check_endpoint
from taskforge.notifications.push.messages import Subscription, check_keys
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork

MAX_SUBSCRIPTIONS = 10
NOT_OFFERED = "Push messages are not set up here."
OF_ANOTHER = "This device already gets the messages of another account."
_PURPOSE = "push:{}"  # of one subscription

_FIND = text("""
    SELECT subscription_id, user_id, session_id, sealed
    FROM   push_subscriptions
    WHERE  endpoint_hash = :endpoint_hash
    FOR UPDATE
""")
_MOVE = text("""
    UPDATE push_subscriptions
    SET    user_id = :user_id, session_id = :session_id, user_agent = :user_agent, failures = 0
    WHERE  subscription_id = :subscription_id
""")
_INSERT = text("""
    INSERT INTO push_subscriptions (subscription_id, user_id, session_id, endpoint_hash, sealed, user_agent, created_at)
    VALUES (:subscription_id, :user_id, :session_id, :endpoint_hash, :sealed, :user_agent, :at)
    ON CONFLICT (endpoint_hash) DO NOTHING
""")
# The oldest make room: the person uses the newest.
_KEEP_NEWEST = text("""
    DELETE FROM push_subscriptions
    WHERE  subscription_id IN (SELECT subscription_id
                               FROM   push_subscriptions
                               WHERE  user_id = :user_id
                               ORDER  BY created_at DESC, subscription_id DESC
                               OFFSET :maximum)
""")
_DELETE = text("""
    DELETE FROM push_subscriptions
    WHERE  endpoint_hash = :endpoint_hash AND user_id = :user_id
    RETURNING subscription_id
""")
_DELETE_PENDING = text("DELETE FROM push_intents WHERE subscription_id = :subscription_id")
_DELETE_ALL = text("DELETE FROM push_subscriptions WHERE user_id = :user_id")


def subscribe(actor: Actor, *, endpoint: str, p256dh: str, auth: str) -> str:
    """Send the actor's notifications to a browser too; answers the id of the subscription, the same for a repetition.

    A browser that another account used goes over to this one, if its keys are the same: then it is the same browser.

    Raises:
        NotFound: this installation has no keys to sign with.
        InvalidInput: it is no endpoint, or these are no keys.
        Conflict: another account has the endpoint with other keys, or the actor has no session.
    """
    config = config_of()
    if not config.sends_push:
        raise NotFound(NOT_OFFERED)
    if actor.session_id is None:
        raise Conflict("Push messages are switched on by a browser that is logged in.")
    check_keys(p256dh, auth)
    given = Subscription(check_endpoint(endpoint, config), p256dh, auth)
    with UnitOfWork(actor, entity_id=actor.user_id, version=0) as uow:
        who = {
            "user_id": actor.user_id,
            "session_id": actor.session_id,
            "user_agent": (actor.user_agent or "")[:400] or None,
        }
        known = uow.row(_FIND, {"endpoint_hash": hash_endpoint(endpoint)})
        if known is not None:
            return _take_over(uow, known, given, who)
        subscription_id = new_id()
        parameters = {
            **who,
            "subscription_id": subscription_id,
            "endpoint_hash": hash_endpoint(endpoint),
            "sealed": seal(given, subscription_id),
            "at": uow.at,
        }
        if uow.execute(_INSERT, parameters).rowcount != 1:  # at the same moment, by another
            raise Conflict(OF_ANOTHER)
        uow.execute(_KEEP_NEWEST, {"user_id": actor.user_id, "maximum": MAX_SUBSCRIPTIONS})
        _record(uow, Event.USER_PUSH_SWITCHED_ON, subscription_id, is_on=True)
    return subscription_id


def unsubscribe(actor: Actor, endpoint: str) -> bool:
    """Send nothing to a browser any more; answers whether the actor's notifications went there."""
    with UnitOfWork(actor, entity_id=actor.user_id, version=0) as uow:
        found = {"endpoint_hash": hash_endpoint(endpoint), "user_id": actor.user_id}
        gone = uow.row(_DELETE, found)
        if gone is not None:
            _record(uow, Event.USER_PUSH_SWITCHED_OFF, gone["subscription_id"], is_on=False)
    return gone is not None


def delete_subscriptions(uow: UnitOfWork, user_id: str) -> None:
    """Delete all devices of somebody who has deleted their account."""
    uow.execute(_DELETE_ALL, {"user_id": user_id})


def hash_endpoint(endpoint: str) -> bytes:
    """What an endpoint is found by."""
    return hashlib.sha256(endpoint.encode()).digest()


def seal(subscription: Subscription, subscription_id: str) -> bytes:
    """A subscription as it is stored."""
    return sealed_secrets.seal(subscription.to_bytes(), _PURPOSE.format(subscription_id))


def unseal(row: sql.Row) -> Subscription:
    """The subscription of a row.

    Raises:
        sealed_secrets.CannotOpen: it was sealed with a key that is not known any more.
    """
    opened = sealed_secrets.open_sealed(
        bytes(row["sealed"]), _PURPOSE.format(row["subscription_id"])
    )
    return Subscription.from_bytes(opened.secret)


def _take_over(
    uow: UnitOfWork, known: sql.Row, given: Subscription, who: dict[str, str | None]
) -> str:
    subscription_id: str = known["subscription_id"]
    if known["user_id"] != who["user_id"]:
        if unseal(known) != given:
            raise Conflict(OF_ANOTHER)
        uow.execute(_DELETE_PENDING, {"subscription_id": subscription_id})
        _record(uow, Event.USER_PUSH_SWITCHED_ON, subscription_id, is_on=True)
    uow.execute(_MOVE, {**who, "subscription_id": subscription_id})
    return subscription_id


def _record(uow: UnitOfWork, event: Event, subscription_id: str, *, is_on: bool) -> None:
    uow.record(
        event,
        entity_type="user",
        entity_id=uow.change.entity_id,
        before={"subscription_id": subscription_id, "push": not is_on},
        after={"subscription_id": subscription_id, "push": is_on},
    )
