"""One's own data: the export of it, and the deletion of the account."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import RateLimited
from taskforge.http.htmx import go_to, wants_partial
from taskforge.identity import export_downloads
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.leaving import deletion as service
from taskforge.leaving.exports import Export, list_exports, next_export_at, request_export
from taskforge.mail import service as mail
from taskforge.web.accounts.forms import DeleteAccountForm
from taskforge.web.accounts.routes import blueprint, leave

REFRESH_SECONDS = 3  # of the page, and of its part, while an export is being written


@blueprint.get("/profile/data")
def own_data() -> str:
    """The exports of what is one's own, and the way to the deletion of the account."""
    return render_template("accounts/own_data.html", **_exports_context())


@blueprint.get("/profile/data/exports")
def export_progress() -> ResponseReturnValue:
    """How far the exports are, for a page that is open."""
    context = _exports_context()
    if not wants_partial():
        return go_to(url_for("accounts.own_data"))
    return render_template("accounts/_exports.html", **context)


@blueprint.post("/profile/data/exports")
@needs_confirmation
def make_export() -> ResponseReturnValue:
    """Ask for an export."""
    try:
        request_export(current_actor())
    except RateLimited as error:
        flash(error.message, "danger")
    else:
        flash("Your export is being made. You can leave this page meanwhile.", "ok")
    return go_to(url_for("accounts.own_data"))


@blueprint.get("/profile/data/exports/<id:export_id>")
@needs_confirmation
def download_export(export_id: str) -> Response:
    """The archive of an export."""
    return export_downloads.answer_export(current_actor(), export_id)


@blueprint.get("/profile/delete")
@needs_confirmation
def delete_account() -> str:
    """What the deletion of the account would do, and the form that does it."""
    return _deletion_page(DeleteAccountForm(formdata=None))


@blueprint.post("/profile/delete")
@needs_confirmation
def delete_account_submitted() -> ResponseReturnValue:
    """Delete the account; what its browser has kept goes too."""
    actor, form = current_actor(), DeleteAccountForm()
    change = form.attempt(lambda email: service.delete_account(actor, email=email))
    if change is None:
        return form.refused(_deletion_page(form))
    return leave(url_for("accounts.deleted"))


@blueprint.get("/goodbye")
def deleted() -> str:
    """What is left of an account that was deleted just now."""
    return render_template("accounts/deleted.html", mail_is_available=mail.is_available())


def _exports_context() -> dict[str, Any]:
    exports = list_exports(current_actor().user_id)
    return {
        "exports": [_show(one) for one in exports],
        "is_running": any(one.state == "running" for one in exports),
        "next_at": next_export_at(exports),
        "refresh_seconds": REFRESH_SECONDS,
    }


def _show(export: Export) -> dict[str, Any]:
    return {**asdict(export), "size": export_downloads.show_size(export.size)}


def _deletion_page(form: DeleteAccountForm) -> str:
    return render_template(
        "accounts/delete_account.html",
        form=form,
        plan=service.plan_deletion(current_actor().user_id),
        mail_is_available=mail.is_available(),
    )
