"""Pages of site administration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from rq import Worker
from wtforms import StringField

from taskforge.accounts import password_reset
from taskforge.admin import service
from taskforge.admin.access import require_site_admin
from taskforge.errors import NotFound
from taskforge.extensions import config_of
from taskforge.http import health
from taskforge.http.forms import Form, cleaned
from taskforge.http.htmx import go_to
from taskforge.identity.confirmation import require_confirmation
from taskforge.identity.current import current_actor
from taskforge.mail.kinds import MailKind
from taskforge.messaging import queues
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.text.validation import clean_email

LATE_AFTER_SECONDS = 60  # of a message in the outbox; invariant I1 allows a minute


class AddressForm(Form):
    """Whose second factor is turned off, or whose password is forgotten."""

    email = StringField("E-mail address", [cleaned(clean_email)])


blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/")
def index() -> str:
    """The state of the stores, the queues and the outbox."""
    require_site_admin()
    outbox = service.outbox_figures()
    queues, workers = _queues()
    stores = [
        {"name": name, "text": state, "ok": state == "ok", "version": version}
        for name, (state, version) in health.describe_stores().items()
    ]
    return render_template(
        "admin/index.html",
        stores=stores,
        queues=queues,
        workers=workers,
        outbox=outbox,
        outbox_is_late=(outbox["oldest_seconds"] or 0) > LATE_AFTER_SECONDS,
    )


@blueprint.get("/two-factor")
def two_factor() -> str:
    """The form that turns off the second factor of somebody who has lost it."""
    require_site_admin()
    return _two_factor_page(AddressForm())


@blueprint.post("/two-factor")
def reset_two_factor() -> ResponseReturnValue:
    """Turn somebody's second factor off."""
    require_site_admin()
    require_confirmation()
    actor, form = current_actor(), AddressForm()
    change = form.attempt(lambda email: service.reset_two_factor(actor, email))
    if change is None:
        return form.refused(_two_factor_page(form))
    flash("Their two-factor log-in is off. They are told.", "ok")
    return go_to(url_for("admin.two_factor"))


@blueprint.route("/claim/<token>", methods=["GET", "POST"])
def claim(token: str) -> ResponseReturnValue:
    """The one-time link that the command line prints: GET shows what it does, POST does it."""
    if request.method == "POST":
        try:
            service.claim_admin(current_actor(), token)
        except NotFound:
            return _claim_page("spent", token), 404
        flash("You are a site administrator now.", "ok")
        return go_to(url_for("admin.index"))
    if not service.is_claim_open(token):
        return _claim_page("spent", token), 404
    return _claim_page("ready" if current_user.is_authenticated else "anonymous", token)


@blueprint.get("/reset-link")
def reset_link() -> ResponseReturnValue:
    """The form that makes a one-time link for somebody who has forgotten their password."""
    require_site_admin()
    return _reset_link_page(AddressForm())


@blueprint.post("/reset-link")
def reset_link_submitted() -> ResponseReturnValue:
    """Make the link and show it: this once, as it is stored nowhere."""
    require_site_admin()
    require_confirmation()
    form, actor = AddressForm(), replace(current_actor(), op_id=None)  # no answer holds the link
    token = form.attempt(lambda email: password_reset.issue_reset_link(actor, email=email))
    if token is None:
        return form.refused(_reset_link_page(form))
    address = f"{config_of().public_url.rstrip('/')}{MailKind.PASSWORD_RESET.path}"
    return _reset_link_page(form, link=address.format(token=token))


def _reset_link_page(form: AddressForm, *, link: str | None = None) -> str:
    return render_template("admin/reset_link.html", form=form, link=link)


def _two_factor_page(form: AddressForm) -> str:
    return render_template("admin/two_factor.html", form=form)


def _claim_page(state: str, token: str) -> str:
    return render_template(
        "admin/claim.html", state=state, token=token, next=url_for("admin.claim", token=token)
    )


def _queues() -> tuple[list[dict[str, Any]], int]:
    try:
        with redis_guard() as client:
            found = [queues.queue(name, client) for name in queues.QUEUES]
            figures = [
                {
                    "name": queue.name,
                    "waiting": queue.count,
                    "running": queue.started_job_registry.get_job_count(cleanup=False),
                    "failed": queue.failed_job_registry.get_job_count(cleanup=False),
                }
                for queue in found
            ]
            return figures, Worker.count(connection=client)
    except RedisUnavailable:
        return [], 0
