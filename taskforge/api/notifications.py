"""The inbox."""

from __future__ import annotations

from typing import Any

from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, takes_no_key
from taskforge.api.paging import as_id, read_page
from taskforge.api.schemas import notifications as schemas
from taskforge.api.schemas.base import Page
from taskforge.identity.current import current_actor
from taskforge.notifications import queries, service

blueprint = ApiBlueprint("notifications", __name__, topic="Notifications", prefix="/notifications")


@blueprint.get("")
@blueprint.arguments(Page, location="query")
@blueprint.response(200, schemas.Inbox)
def list_notifications(query: dict[str, Any]) -> Any:
    """What concerns whoever is asking, latest first."""
    actor = current_actor()
    items, cursor = read_page(
        query,
        lambda after, limit: queries.list_notifications(actor, after_id=as_id(after), limit=limit),
        lambda row: row["notification_id"],
        longest=queries.PAGE,
    )
    return {
        "items": map(serialising.notification, items),
        "next_cursor": cursor,
        "unread_count": queries.count_unread(actor.user_id),
    }


@blueprint.post("/read")
@takes_no_key
@blueprint.arguments(schemas.ReadMarks, required=False)
@blueprint.response(200, schemas.Marked)
def mark_read(data: dict[str, Any]) -> Any:
    """Mark some notifications as read, or all of them."""
    actor = current_actor()
    marked = service.mark_read(actor, **data)
    return {"marked": marked, "unread_count": queries.count_unread(actor.user_id)}
