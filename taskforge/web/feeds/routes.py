"""Calendar feeds of saved views: the page on which one has them, and what calendars read.

Who has the address of a feed needs no session. It is read with the rights of the person whose it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.extensions import config_of
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to
from taskforge.http.security_headers import FILE_POLICY
from taskforge.identity import view_feeds
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.tasks.views import feeds
from taskforge.tasks.views.queries import access_view
from taskforge.text.zones import find_zone
from taskforge.web.feeds.calendar_file import calendar_file

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/views/<id:view_id>/feed")
def show(view_id: str) -> ResponseReturnValue:
    """One's feed of a view: its address, or the button that makes one."""
    return _page(current_actor(), view_id, Form(formdata=None))


@blueprint.post("/views/<id:view_id>/feed")
def make(view_id: str) -> ResponseReturnValue:
    """Make one's feed of a view, or give it another address."""
    actor, form = current_actor(), Form()
    if form.attempt(lambda: view_feeds.make_feed(actor, view_id)) is None:
        return form.refused(_page(actor, view_id, form))
    flash("The feed has a new address.", "ok")
    return go_to(url_for("feeds.show", view_id=view_id))


@blueprint.post("/views/<id:view_id>/feed/remove")
def remove(view_id: str) -> ResponseReturnValue:
    """Switch one's feed of a view off."""
    feeds.remove_feed(current_actor(), view_id)
    flash("The feed is off. Its address shows nothing any more.", "ok")
    return go_to(url_for("feeds.show", view_id=view_id))


@blueprint.get("/feeds/<token>.ics")
def read(token: str) -> ResponseReturnValue:
    """What a calendar reads of a feed; a 304 where it has it as it is."""
    feed = view_feeds.read_feed(token)
    clock.set_reader_zone(find_zone(feed["time_zone"] or ""))
    clock.set_reader_week_start(clock.WEEK_STARTS[feed["week_start"]])
    tasks = feeds.list_entries(feed)
    name = f"{feed['board_name']}: {feed['name']}"
    root = config_of().public_url.rstrip("/")
    response = Response(mimetype="text/calendar")
    response.set_etag(_digest(root, name, tasks))
    if request.if_none_match.contains(response.get_etag()[0] or ""):
        response.status_code = 304
    else:
        response.set_data(calendar_file(name, tasks, lambda task_id: f"{root}/tasks/{task_id}"))
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Disposition"] = 'inline; filename="taskforge.ics"'
    g.content_policy = FILE_POLICY
    return response


def _digest(root: str, name: str, tasks: Sequence[Mapping[str, Any]]) -> str:
    """A hash of all that the file depends on."""
    shown = [(task["task_id"], task["version"], task["key"], task["column_name"], task["assignee_name"])
             for task in tasks]  # fmt: skip
    return hashlib.blake2b(repr((root, name, shown)).encode(), digest_size=16).hexdigest()


def _page(actor: Actor, view_id: str, form: Form) -> str:
    view = access_view(actor, view_id)
    feed = feeds.find_own_feed(actor, view_id)
    token = view_feeds.find_feed_token(feed) if feed is not None else None
    return render_template(
        "feeds/show.html",
        view=view,
        feed=feed,
        url=token and url_for("feeds.read", token=token, _external=True),
        problems=form.sentences,
    )
