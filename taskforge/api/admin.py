"""The accounts of the installation, for site administrators."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.accounts import suspension
from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.paging import as_id, read_page
from taskforge.api.schemas import admin as schemas
from taskforge.api.schemas.base import MAX_PAGE
from taskforge.identity.confirmation import require_confirmation
from taskforge.identity.current import current_actor
from taskforge.identity.site_admins import require_site_admin
from taskforge.teams import directory
from taskforge.teams.directory import PersonState

blueprint = ApiBlueprint("admin", __name__, topic="Administration", prefix="/admin")


@blueprint.get("/users")
@blueprint.arguments(schemas.AccountFilter, location="query")
@blueprint.response(200, schemas.AccountList)
def list_users(query: dict[str, Any]) -> Any:
    """All accounts, by e-mail address; for site administrators."""
    require_site_admin()
    items, cursor = read_page(
        query,
        lambda after, limit: directory.list_people(
            query=query.get("q") or "",
            state=query.get("state") or PersonState.ALL,
            after_id=as_id(after),
            limit=limit,
        ),
        lambda row: row["user_id"],
        longest=MAX_PAGE,
    )
    return {"items": items, "next_cursor": cursor}


@blueprint.post("/users/<any_id:user_id>/suspend")
@blueprint.arguments(schemas.Suspension)
@blueprint.response(200, schemas.Account)
def suspend_user(data: dict[str, Any], user_id: str) -> Any:
    """Keep somebody out, at once: their sessions and streams end, and what they are writing is refused."""
    require_site_admin()
    require_confirmation()
    suspension.suspend_person(current_actor(), user_id, **data)
    return directory.get_person(user_id)


@blueprint.delete("/users/<any_id:user_id>/suspend")
@blueprint.response(204)
def lift_suspension(user_id: str) -> Response:
    """Let somebody in again."""
    require_site_admin()
    require_confirmation()
    suspension.lift_suspension(current_actor(), user_id)
    return no_content()
