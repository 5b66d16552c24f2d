"""Feeds of saved views as requests make and read them: with tokens from the server's key, and with limits."""

from __future__ import annotations

from flask import request
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from taskforge.errors import NotFound
from taskforge.http import rate_limits
from taskforge.http.client_address import counted_address
from taskforge.identity.link_tokens import derive_token, find_token, make_nonce
from taskforge.mail.tokens import hash_token
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.views import feeds

PURPOSE = "view-feed"
READ_PER_HOUR = 120  # of one feed
READ_PER_HOUR_OF_PERSON = 600  # of all feeds of one person
UNKNOWN_PER_MINUTE = 30  # from one address


def make_feed(actor: Actor, view_id: str) -> Change:
    """Make the actor's feed of a view, or renew its address. Raises like `feeds.make_feed`."""
    nonce = make_nonce(actor)
    token = derive_token(PURPOSE, _owner(view_id, actor.user_id), nonce)
    return feeds.make_feed(actor, view_id, nonce=nonce, token_hash=token.hash)


def find_feed_token(feed: sql.Row) -> str | None:
    """The token of one's own feed; None if the key that it was made with is gone, so that it must be renewed."""
    owner = _owner(feed["view_id"], feed["user_id"])
    return find_token(PURPOSE, owner, feed["nonce"], bytes(feed["token_hash"]))


def read_feed(token: str) -> sql.Row:
    """The feed with a token.

    Raises:
        NotFound: `feeds.find_feed` finds none, or the key that its token was made with is gone.
        RateLimited: it, or all feeds of its person, are read too often; or too many unknown ones are asked for from the
            same address.
    """
    found = feeds.find_feed(hash_token(token))
    if found is None or find_feed_token(found) is None:
        address = counted_address(request.remote_addr)
        rate_limits.hit(RateLimitItemPerMinute(UNKNOWN_PER_MINUTE, namespace=f"feed-ip:{address}"))
        raise NotFound()
    of_feed = _owner(found["view_id"], found["user_id"])
    of_person = f"feeds:{found['user_id']}"
    rate_limits.hit(RateLimitItemPerHour(READ_PER_HOUR, namespace=f"feed:{of_feed}"))
    rate_limits.hit(RateLimitItemPerHour(READ_PER_HOUR_OF_PERSON, namespace=of_person))
    return found


def _owner(view_id: str, user_id: str) -> str:
    return f"{view_id}:{user_id}"
