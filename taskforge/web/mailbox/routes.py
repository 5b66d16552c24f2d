"""The development mailbox: every mail as it looks, while there is no production and nobody else looks.

Mails hold links that open accounts, so only a browser on this machine sees them. In production there are no such pages.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request, url_for

from taskforge.errors import NotFound
from taskforge.extensions import config_of
from taskforge.http.security_headers import POLICY
from taskforge.mail import queries
from taskforge.mail.messages import CannotRender, Rendered, render
from taskforge.stores import sql

MAX_SHOWN = 50
FRAMED_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'; sandbox"
    " allow-top-navigation-by-user-activation"
)

blueprint = Blueprint("mailbox", __name__, url_prefix="/mailbox")


@blueprint.before_request
def require_this_machine() -> None:
    """Show mails to a browser on this machine alone. Raises `NotFound` for any other."""
    if not is_open():
        raise NotFound()


@blueprint.get("/")
def index() -> str:
    """The latest mails."""
    rows = sql.rows(queries.LATEST, {"limit": MAX_SHOWN})
    return render_template("mailbox/index.html", mails=[_show(row) for row in rows])


@blueprint.get("/<id:mail_id>")
def show(mail_id: str) -> str:
    """A mail: its headers, its text, and its HTML in a frame."""
    row = _get(mail_id)
    g.content_policy = f"{POLICY}; frame-src 'self'"
    return render_template("mailbox/show.html", mail=_show(row), rendered=_rendered(row))


@blueprint.get("/<id:mail_id>/html")
def html_part(mail_id: str) -> Response:
    """The HTML part alone, which may do nothing but look like something."""
    rendered = _rendered(_get(mail_id))
    if rendered is None:
        raise NotFound()
    # A link of the mail is to open in the window, not in the frame.
    response = current_app.make_response(
        rendered.html.replace("<head>", '<head><base target="_top">', 1)
    )
    g.content_policy = FRAMED_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def is_open() -> bool:
    """Whether the pages exist for this request."""
    if config_of().is_production:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def find_address() -> str | None:
    """The address of the mailbox, for pages that say that a mail is on its way; None where nobody should look there."""
    has_server = bool(config_of().smtp_url)
    return url_for("mailbox.index") if is_open() and not has_server else None


def _get(mail_id: str) -> sql.Row:
    row = sql.row(queries.ONE, {"mail_id": mail_id})
    if row is None:
        raise NotFound()
    return row


def _show(row: sql.Row) -> dict[str, Any]:
    rendered = _rendered(row)
    if row["parked_at"] is not None:
        state = f"given up: {row['last_error']}"
    elif row["sent_at"] is None:
        state = f"waiting: {row['last_error']}" if row["last_error"] else "waiting"
    else:
        state = "sent" if config_of().smtp_url else ""
    return {
        "mail_id": row["mail_id"],
        "to": row["to_address"],
        "subject": rendered.subject if rendered else row["kind"],
        "at": row["created_at"],
        "state": state,
    }


def _rendered(row: sql.Row) -> Rendered | None:
    try:
        return render(config_of(), row)
    except CannotRender:
        return None
