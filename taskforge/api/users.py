"""One's own profile, and people whom one shares a team with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from taskforge.accounts import picture_service, service
from taskforge.accounts.pictures import MAX_FILE_BYTES
from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, accepted, takes_version
from taskforge.api.paging import as_id, read_page
from taskforge.api.schemas import accounts as schemas
from taskforge.api.schemas.base import Page
from taskforge.api.schemas.people import PersonPage
from taskforge.api.versions import change_latest, requested_version, showing_current, tagged
from taskforge.boards.person_access import get_person, list_shared_boards, list_shared_teams
from taskforge.history.person_activity import list_person_activity
from taskforge.http.sent_files import sent_content
from taskforge.http.view_declarations import accept_files
from taskforge.identity import account_links, limited
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.messaging.online import find_online
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.person_tasks import MAX_PAGE, list_open_tasks

blueprint = ApiBlueprint("users", __name__, topic="Accounts and sessions", prefix="/users")
PICTURE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["picture"],
                "additionalProperties": False,
                "properties": {"picture": {"type": "string", "format": "binary"}},
            }
        }
    },
}


@blueprint.get("/me")
@blueprint.response(200, schemas.Profile)
def get_profile() -> Any:
    """The account and profile of whoever is asking."""
    return tagged(_profile(current_actor()))


@blueprint.patch("/me")
@takes_version
@blueprint.arguments(schemas.ProfileChanges)
@blueprint.response(200, schemas.Profile)
def edit_profile(data: dict[str, Any]) -> Any:
    """Change some of one's own profile."""
    actor = current_actor()
    version = requested_version(data)

    def change(at: int) -> Change:
        changes = {name: value for name, value in data.items() if name != "version"}
        return service.edit_profile(actor, version=at, changes=changes)

    with showing_current(schemas.Profile(), lambda: _profile(actor)):
        change_latest(version, lambda: int(_profile(actor)["version"]), change)
    return tagged(_profile(actor))


@blueprint.post("/me/email")
@needs_confirmation
@blueprint.arguments(schemas.AddressChange)
@blueprint.response(202)
def change_email(data: dict[str, Any]) -> Response:
    """Send a link to a new address, which becomes one's own when the link is used; the old one is told then."""
    account_links.request_address_change(current_actor(), **data)
    return accepted()


@blueprint.post("/me/picture")
@accept_files(picture=MAX_FILE_BYTES)
@takes_version
@blueprint.doc(requestBody=PICTURE_BODY)
@blueprint.response(200, schemas.Profile)
def change_picture() -> Any:
    """Give oneself a picture: a PNG, JPEG, WebP or GIF of at most 5 MB and 40 megapixels, cut square."""
    actor = current_actor()
    file = sent_content("picture")
    return _change_picture(actor, lambda at: limited.change_picture(actor, file, version=at))


@blueprint.delete("/me/picture")
@takes_version
@blueprint.response(200, schemas.Profile)
def remove_picture() -> Any:
    """Remove one's picture."""
    actor = current_actor()
    return _change_picture(actor, lambda at: picture_service.remove_picture(actor, version=at))


@blueprint.get("/<any_id:user_id>")
@blueprint.arguments(Page, location="query")
@blueprint.response(200, PersonPage)
def get_user(query: dict[str, Any], user_id: str) -> Any:
    """A person whom one shares a team with; for guests who are limited to boards: a board."""
    actor = current_actor()
    view = get_person(actor, user_id)
    tasks, next_cursor = read_page(
        query,
        lambda after, limit: list_open_tasks(actor, user_id, after_id=as_id(after), limit=limit),
        lambda task: task["task_id"],
        longest=MAX_PAGE,
    )
    return {
        **serialising.person(view, is_online=bool(find_online([user_id]))),
        "teams": list_shared_teams(actor, user_id),
        "boards": list_shared_boards(actor, user_id),
        "tasks": tasks,
        "next_cursor": next_cursor,
        "activity": list_person_activity(actor, user_id),
    }


def _change_picture(actor: Actor, change: Callable[[int], Change]) -> Any:
    version = requested_version({})
    with showing_current(schemas.Profile(), lambda: _profile(actor)):
        change_latest(version, lambda: int(_profile(actor)["version"]), change)
    return tagged(_profile(actor))


def _profile(actor: Actor) -> dict[str, Any]:
    return serialising.profile(service.get_profile(actor))
