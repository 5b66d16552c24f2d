"""Push subscriptions, as browsers give them."""

from __future__ import annotations

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import Input, Output, id_answer
from taskforge.notifications.push.endpoints import MAX_LENGTH

MAX_KEY_LENGTH = 200


class Keys(Input):
    """The keys of a browser, in Base64 for addresses."""

    p256dh = fields.line(MAX_KEY_LENGTH, required=True)
    auth = fields.line(MAX_KEY_LENGTH, required=True)


class NewSubscription(Input):
    """What `PushSubscription.toJSON()` answers."""

    endpoint = fields.line(MAX_LENGTH, required=True)
    keys = ma.fields.Nested(Keys, required=True)
    expiration_time = ma.fields.Raw(allow_none=True)  # nothing is done with it


class Endpoint(Input):
    """Where a browser is reached."""

    endpoint = fields.line(MAX_LENGTH, required=True)


class Subscription(Output):
    """A browser that gets push messages."""

    subscription_id = id_answer(required=True)
