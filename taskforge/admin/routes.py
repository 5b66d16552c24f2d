"""Pages of site administration."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from rq import Worker

from taskforge.admin import service
from taskforge.audit import chain
from taskforge.audit.lag import seal_lag_seconds
from taskforge.errors import NotFound
from taskforge.http import health
from taskforge.http.htmx import go_to
from taskforge.identity.current import current_actor
from taskforge.identity.site_admins import require_site_admin
from taskforge.messaging import queues
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard

LATE_AFTER_SECONDS = 60  # of a message in the outbox; invariant I1 allows a minute


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
        chain=_chain(),
        outbox_is_late=(outbox["oldest_seconds"] or 0) > LATE_AFTER_SECONDS,
    )


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


def _chain() -> dict[str, Any]:
    """The newest link of the audit chain, to be noted down, and how far the seals are behind."""
    seq, link_hash = chain.head()
    return {"seq": seq, "hash": link_hash.hex(), "lag_seconds": round(seal_lag_seconds())}


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
