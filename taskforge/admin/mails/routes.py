"""The administration's page of mails: which are queued, sent and given up. It shows no words of any."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.admin.list_filters import read_filter
from taskforge.admin.mails import queries, service
from taskforge.admin.routes import blueprint
from taskforge.extensions import config_of
from taskforge.http.htmx import go_to
from taskforge.identity.confirmation import require_confirmation
from taskforge.identity.current import current_actor
from taskforge.identity.site_admins import require_site_admin
from taskforge.mail.kinds import KINDS
from taskforge.stores import sql

PAGE = 50
STATES = (("all", "All"), ("queued", "Queued"), ("sent", "Sent"), ("given up", "Given up"))


@blueprint.get("/mails")
def mails() -> str:
    """The mails of the last week, latest first."""
    require_site_admin()
    asked = read_filter(choices=[state for state, _ in STATES])
    rows = sql.rows(
        queries.OVERVIEW, {"after": asked.after, "state": asked.choice, "limit": PAGE + 1}
    )
    counts = {row["state"]: row["mails"] for row in sql.rows(queries.COUNTS, {})}
    return render_template(
        "admin/mails.html",
        mails=[{**row, "title": _title(row["kind"])} for row in rows[:PAGE]],
        counts={state: counts.get(state, 0) for state, _ in STATES[1:]},
        has_server=bool(config_of().smtp_url),
        asked=asked,
        states=STATES,
        next_url=asked.next_url(rows, "mail_id", PAGE),
    )


@blueprint.post("/mails/<id:mail_id>/send-again")
def send_mail_again(mail_id: str) -> ResponseReturnValue:
    """Let a mail that was given up be tried anew."""
    require_site_admin()
    require_confirmation()
    service.send_again(current_actor(), mail_id)
    flash("The mail waits to be sent again.", "ok")
    return go_to(url_for("admin.mails"))


def _title(kind: str) -> str:
    return KINDS.get(kind, kind).replace("_", " ")
