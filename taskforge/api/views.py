"""Saved views of boards."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from taskforge.accounts.token_identity import Scope
from taskforge.api.blueprints import ApiBlueprint, no_content, takes_version
from taskforge.api.schemas import views as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.api.scopes import needs_scope
from taskforge.api.versions import change_latest, requested_version, showing_current, tagged
from taskforge.errors import NotFound
from taskforge.identity import view_feeds
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.views import feeds, queries, service

blueprint = ApiBlueprint("views", __name__, topic="Saved views", prefix="/views")


@blueprint.get("")
@blueprint.arguments(schemas.ViewsOf, location="query")
@blueprint.response(200, schemas.ViewList)
def list_views(data: dict[str, Any]) -> Any:
    """One's own views and the shared ones, of a board or of all boards; at most 200."""
    return {"items": queries.list_views(current_actor(), data.get("board_id"))}


@blueprint.post("")
@blueprint.arguments(schemas.NewView)
@blueprint.response(201, schemas.SavedView)
def create_view(data: dict[str, Any]) -> Any:
    """Save a view of a board; to share it needs the permission `board.edit`."""
    actor = current_actor()
    change = service.create_view(actor, data.pop("board_id"), **data)
    return tagged(queries.access_view(actor, change.entity_id))


@blueprint.get("/<any_id:view_id>")
@blueprint.response(200, schemas.SavedView)
def get_view(view_id: str) -> Any:
    """One saved view."""
    return tagged(queries.access_view(current_actor(), view_id))


@blueprint.patch("/<any_id:view_id>")
@takes_version
@blueprint.arguments(schemas.ViewChanges)
@blueprint.response(200, schemas.SavedView)
def edit_view(data: dict[str, Any], view_id: str) -> Any:
    """Rename a view, or let it show something else."""
    actor = current_actor()
    version = requested_version(data)
    changes = {name: value for name, value in data.items() if name != "version"}

    def change(at: int) -> Change:
        return service.edit_view(actor, view_id, version=at, **changes)

    def read() -> Any:
        return queries.access_view(actor, view_id)

    with showing_current(schemas.SavedView(), read):
        change_latest(version, lambda: int(read()["version"]), change)
    return tagged(read())


@blueprint.delete("/<any_id:view_id>")
@blueprint.response(204)
def delete_view(view_id: str) -> Response:
    """Delete a view."""
    service.delete_view(current_actor(), view_id)
    return no_content()


@blueprint.get("/<any_id:view_id>/feed")
@needs_scope(Scope.ADMIN)  # the address outlives the token
@blueprint.response(200, schemas.ViewFeed)
def get_feed(view_id: str) -> Any:
    """Your calendar feed of a view, with its secret address; 404 if there is none."""
    return _feed(current_actor(), view_id)


@blueprint.post("/<any_id:view_id>/feed")
@needs_scope(Scope.ADMIN)
@blueprint.arguments(Nothing, required=False)
@blueprint.response(201, schemas.ViewFeed)
def make_feed(_data: dict[str, Any], view_id: str) -> Any:
    """Make your calendar feed of a view, or give it a new address: the one before is dead."""
    actor = current_actor()
    view_feeds.make_feed(actor, view_id)
    return _feed(actor, view_id)


@blueprint.delete("/<any_id:view_id>/feed")
@blueprint.response(204)
def remove_feed(view_id: str) -> Response:
    """Switch your calendar feed of a view off."""
    feeds.remove_feed(current_actor(), view_id)
    return no_content()


def _feed(actor: Actor, view_id: str) -> dict[str, Any]:
    queries.access_view(actor, view_id)
    feed = feeds.find_own_feed(actor, view_id)
    if feed is None:
        raise NotFound()
    token = view_feeds.find_feed_token(feed)
    url = token and url_for("feeds.read", token=token, _external=True)
    return {"view_id": view_id, "url": url, "created_at": feed["created_at"]}
