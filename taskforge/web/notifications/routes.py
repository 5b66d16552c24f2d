"""The inbox."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.http.forms import id_or_none
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.live.hints import MAX_NEW
from taskforge.notifications import queries, service
from taskforge.web.notifications.presenters import address_of, show_notification

blueprint = Blueprint("notifications", __name__)

NOTIFICATIONS_PER_PAGE = 30


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """The person's notifications, latest first."""
    show = "unread" if request.args.get("show") == "unread" else "all"
    found = queries.list_notifications(
        current_actor(),
        after_id=id_or_none(request.args.get("after")),
        limit=NOTIFICATIONS_PER_PAGE + 1,
        unread_only=show == "unread",
    )
    rows = found[:NOTIFICATIONS_PER_PAGE]
    parameters: dict[str, Any] = {"show": show} if show == "unread" else {}
    more = len(found) > NOTIFICATIONS_PER_PAGE
    last_id = rows[-1]["notification_id"] if more else None
    return render_template(
        "notifications/inbox.html",
        items=[show_notification(row) for row in rows],
        show=show,
        next_url=url_for("notifications.inbox", after=last_id, **parameters) if more else None,
    )


@blueprint.get("/inbox/news")
def news() -> ResponseReturnValue:
    """Some of the person's notifications that have just come, as a script shows them; anybody else gets the inbox."""
    actor = current_actor()
    if not wants_json():
        return go_to(url_for("notifications.inbox"))
    given = request.args.get("ids", "").split(",")[:MAX_NEW]
    ids = [one for one in map(id_or_none, given) if one is not None]
    shown = [show_notification(row) for row in queries.list_unread_of(actor, ids)] if ids else []
    return {
        "unread": queries.count_unread(actor.user_id),
        "lines": [{"text": one["text"], "url": one["url"]} for one in shown],
    }


@blueprint.post("/inbox/read")
def mark_all_read() -> ResponseReturnValue:
    """Mark all of the person's notifications as read."""
    service.mark_read(current_actor())
    return go_to(url_for("notifications.inbox"))


@blueprint.post("/inbox/<id:notification_id>/read")
def mark_read(notification_id: str) -> ResponseReturnValue:
    """Mark one notification as read, and redirect to its subject; htmx gets the notification as it is now."""
    actor = current_actor()
    row = queries.get_notification(actor, notification_id)
    service.mark_read(actor, notification_ids=[notification_id])
    if not wants_partial():
        return go_to(address_of(row))
    now = queries.get_notification(actor, notification_id)
    return render_template("notifications/_notification.html", item=show_notification(now))
