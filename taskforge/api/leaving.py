"""Exports of one's own data, and the deletion of one's account."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from taskforge.api.auth import CLEAR_SITE_DATA
from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import leaving as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.identity.confirmation import confirm, needs_confirmation, require_confirmation
from taskforge.identity.current import (
    current_actor,
    current_identity,
    forget_browser_session,
    uses_header_credentials,
)
from taskforge.identity.export_downloads import answer_export
from taskforge.leaving.deletion import delete_account as delete
from taskforge.leaving.exports import list_exports, next_export_at, request_export

blueprint = ApiBlueprint("leaving", __name__, topic="Accounts and sessions", prefix="/users/me")


@blueprint.post("/export")
@needs_confirmation
@blueprint.arguments(Nothing, required=False)
@blueprint.response(202, schemas.ExportRequested)
def make_export(_data: dict[str, Any]) -> Any:
    """Ask for an export of all that is yours; at most one a day. `GET` says how far it is, and where to download it."""
    return jsonify(schemas.ExportRequested().dump(request_export(current_actor()).extra)), 202


@blueprint.get("/export")
@blueprint.response(200, schemas.ExportList)
def list_own_exports() -> Any:
    """Your exports of the last seven days with their progress, newest first, and when you may ask for the next one."""
    exports = list_exports(current_actor().user_id)
    items = [
        {
            "export_id": one.export_id,
            "state": one.state,
            "percent": one.percent,
            "size": one.size,
            "requested_at": one.requested_at,
            "finished_at": one.finished_at,
            "expires_at": one.expires_at,
            "url": f"/api/users/me/export/{one.export_id}" if one.state == "ready" else None,
        }
        for one in exports
    ]
    return {"items": items, "next_export_at": next_export_at(exports)}


@blueprint.get("/export/<any_id:export_id>")
@needs_confirmation
@blueprint.response(200, content_type="application/zip")
def download_export(export_id: str) -> Response:
    """The ZIP archive of an export that is ready."""
    return answer_export(current_actor(), export_id)


@blueprint.delete("")
@blueprint.arguments(schemas.AccountDeletion)
@blueprint.response(204)
def delete_account(data: dict[str, Any]) -> Response:
    """Delete your account, for good. `email` is its address; `password` or `code` proves that it is you.

    You may leave the proof out if this session has proved it lately. The answer is 409 while you are the last admin of
    a team with other people; teams that nobody else is in are deleted. Afterwards no session of yours holds: the same
    request, sent again, is answered by 401.
    """
    proof = {name: data[name] for name in ("password", "code") if data.get(name)}
    if proof:
        confirm(current_identity(), **proof)
    else:
        require_confirmation()
    delete(current_actor(), email=data["email"])
    if uses_header_credentials():
        return no_content()
    forget_browser_session()
    return no_content(Clear_Site_Data=CLEAR_SITE_DATA)
