"""Push messages to one's own devices. A session does it, and no API token: the device is that of the session."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.api.blueprints import ApiBlueprint, no_content, takes_no_key
from taskforge.api.schemas import push as schemas
from taskforge.identity.current import current_actor
from taskforge.notifications.push import subscriptions

blueprint = ApiBlueprint(
    "push", __name__, topic="Notifications", prefix="/users/me/push-subscriptions"
)


@blueprint.post("")
@takes_no_key
@blueprint.arguments(schemas.NewSubscription)
@blueprint.response(201, schemas.Subscription)
def subscribe(data: dict[str, Any]) -> Any:
    """Send your notifications to a browser too: what its `PushManager.subscribe` answered. It may be repeated."""
    keys = data["keys"]
    subscription_id = subscriptions.subscribe(
        current_actor(), endpoint=data["endpoint"], p256dh=keys["p256dh"], auth=keys["auth"]
    )
    return {"subscription_id": subscription_id}


@blueprint.delete("")
@blueprint.arguments(schemas.Endpoint)
@blueprint.response(204)
def unsubscribe(data: dict[str, Any]) -> Response:
    """Send nothing to a browser any more; done already if nothing was sent there."""
    subscriptions.unsubscribe(current_actor(), data["endpoint"])
    return no_content()
