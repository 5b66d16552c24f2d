"""The inbox: its pages, and what scripts ask of it."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from taskforge.http.forms import id_or_none
from taskforge.http.htmx import go_to, render, wants_json
from taskforge.identity.current import current_actor
from taskforge.live.hints import MAX_NEW
from taskforge.notifications import inbox_queries, queries
from taskforge.web.notifications import action_routes, worker_routes
from taskforge.web.notifications.answers import shown_state
from taskforge.web.notifications.blueprint import blueprint
from taskforge.web.notifications.presenters import show_entry, show_notification

# Imported because they add their views to the blueprint.
assert action_routes
assert worker_routes


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """The cards, and whatever else, that the person's notifications are about, latest first."""
    state = shown_state()
    found = inbox_queries.list_entries(current_actor(), state, before=_before())
    return render(
        "notifications/inbox.html",
        "notifications/_entries.html",
        entries=[show_entry(entry) for entry in found.entries],
        show=state,
        of_card="",
        next_url=url_for("notifications.inbox", show=state, after=found.next_place)
        if found.next_place
        else None,
    )


@blueprint.get("/inbox/cards/<id:task_id>")
def card(task_id: str) -> ResponseReturnValue:
    """All that the person was notified of about one card, line by line."""
    state = shown_state()
    found = inbox_queries.list_lines_of_card(current_actor(), task_id, state, before=_before())
    address = url_for("notifications.card", task_id=task_id, show=state, after=found.next_place)
    entries = [show_entry(entry, is_line=True) for entry in found.entries]
    return render(
        "notifications/card.html",
        "notifications/_entries.html",
        entries=entries,
        heading=show_entry(found.entries[0]) if found.entries else None,
        show=state,
        of_card=task_id,
        next_url=address if found.next_place else None,
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


def _before() -> str | None:
    return id_or_none(request.args.get("after"))
