"""The inbox."""

from __future__ import annotations

from typing import Any

from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, takes_no_key
from taskforge.api.paging import as_id, read_page
from taskforge.api.schemas import notifications as schemas
from taskforge.identity.current import current_actor
from taskforge.notifications import queries, service, triage
from taskforge.notifications.states import InboxState
from taskforge.notifications.triage import Lines
from taskforge.stores.actor import Actor

blueprint = ApiBlueprint("notifications", __name__, topic="Notifications", prefix="/notifications")


@blueprint.get("")
@blueprint.arguments(schemas.InboxPage, location="query")
@blueprint.response(200, schemas.Inbox)
def list_notifications(query: dict[str, Any]) -> Any:
    """What concerns whoever is asking, latest first; without what they put off or archived, unless asked for."""
    actor = current_actor()
    state = InboxState(query.get("state", InboxState.INBOX))
    items, cursor = read_page(
        query,
        lambda after, limit: queries.list_notifications(
            actor, state=state, before=as_id(after), limit=limit
        ),
        lambda row: row["place"],
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


@blueprint.delete("/<any_id:notification_id>/read")
@blueprint.response(200, schemas.Notification)
def mark_unread(notification_id: str) -> Any:
    """Mark a notification of the inbox as unread."""
    actor = _owner(notification_id)
    triage.mark_unread(actor, Lines(notification_id=notification_id))
    return _answer(actor, notification_id)


@blueprint.post("/<any_id:notification_id>/archive")
@takes_no_key
@blueprint.response(200, schemas.Notification)
def archive(notification_id: str) -> Any:
    """Archive a notification: the inbox does not show it any more, and it counts as read."""
    actor = _owner(notification_id)
    triage.archive(actor, Lines(notification_id=notification_id))
    return _answer(actor, notification_id)


@blueprint.delete("/<any_id:notification_id>/archive")
@blueprint.response(200, schemas.Notification)
def unarchive(notification_id: str) -> Any:
    """Bring a notification back from the archive, unread if it was."""
    actor = _owner(notification_id)
    triage.unarchive(actor, Lines(notification_id=notification_id))
    return _answer(actor, notification_id)


@blueprint.post("/<any_id:notification_id>/snooze")
@takes_no_key
@blueprint.arguments(schemas.Snooze)
@blueprint.response(200, schemas.Notification)
def snooze(data: dict[str, Any], notification_id: str) -> Any:
    """Put a notification off: then it comes back as unread, first in the inbox."""
    actor = _owner(notification_id)
    triage.snooze(actor, Lines(notification_id=notification_id), **data)
    return _answer(actor, notification_id)


@blueprint.delete("/<any_id:notification_id>/snooze")
@blueprint.response(200, schemas.Notification)
def unsnooze(notification_id: str) -> Any:
    """Bring a notification back before its time, as unread."""
    actor = _owner(notification_id)
    triage.unsnooze(actor, Lines(notification_id=notification_id))
    return _answer(actor, notification_id)


def _owner(notification_id: str) -> Actor:
    """Whoever is asking, whose notification it is.

    Raises:
        NotFound: they have no such notification.
    """
    actor = current_actor()
    queries.get_notification(actor, notification_id)
    return actor


def _answer(actor: Actor, notification_id: str) -> dict[str, Any]:
    return serialising.notification(queries.get_notification(actor, notification_id))
