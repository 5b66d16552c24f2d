"""The accounts of the installation, for site administrators."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.accounts import sessions_of_others, site_admins, suspension, two_factor
from taskforge.analytics.reading import kept_parts
from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.paging import as_id, read_page
from taskforge.api.schemas import admin as schemas
from taskforge.api.schemas.base import MAX_PAGE, as_json
from taskforge.identity import account_links
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


@blueprint.put("/users/<any_id:user_id>/site-role")
@blueprint.arguments(schemas.SiteRole)
@blueprint.response(200, schemas.Account)
def set_site_role(data: dict[str, Any], user_id: str) -> Any:
    """Make somebody a site administrator, or take that back; the last one stays."""
    require_site_admin()
    require_confirmation()
    change = site_admins.grant_site_role if data["is_site_admin"] else site_admins.revoke_site_role
    change(current_actor(), user_id)
    return directory.get_person(user_id)


@blueprint.post("/users/<any_id:user_id>/reset-link")
@blueprint.response(201, schemas.ResetLink)
def make_reset_link(user_id: str) -> Any:
    """Make a one-time link to a new password, for somebody whom no mail reaches."""
    require_site_admin()
    require_confirmation()
    person = directory.get_person(user_id)
    return {"url": account_links.issue_reset_link(current_actor(), email=person["email"])}


@blueprint.delete("/users/<any_id:user_id>/sessions")
@blueprint.response(204)
def end_sessions(user_id: str) -> Response:
    """End all sessions and API tokens of somebody."""
    require_site_admin()
    require_confirmation()
    sessions_of_others.end_all_sessions_of(current_actor(), user_id)
    return no_content()


@blueprint.delete("/users/<any_id:user_id>/two-factor")
@blueprint.response(204)
def reset_two_factor(user_id: str) -> Response:
    """Turn off the second factor of somebody who has lost it; they are told."""
    require_site_admin()
    require_confirmation()
    directory.get_person(user_id)
    two_factor.reset(current_actor(), user_id)
    return no_content()


@blueprint.get("/analytics")
@blueprint.response(200, schemas.Analytics)
def get_analytics() -> Any:
    """How TaskForge is used, by what each of the three stores says; at most a minute old. See docs/operations.md."""
    require_site_admin()
    return {
        "parts": [
            {
                "name": part.name,
                "store": part.store,
                "at": part.at,
                "figures": None if part.figures is None else as_json(part.figures),
            }
            for part in kept_parts.get()
        ]
    }
