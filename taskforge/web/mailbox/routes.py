"""The development mailbox: every mail as it looks, while there is no production and nobody else looks.

Mails hold links that open accounts, so only a browser on this machine sees them. In production there are no such pages.
"""

from __future__ import annotations

from ipaddress import ip_address

from flask import Blueprint, Response, current_app, g, render_template, request, url_for

from taskforge.errors import NotFound
from taskforge.extensions import config_of
from taskforge.http.security_headers import POLICY
from taskforge.web.mailbox.mails import get_mail, list_mails

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
    return render_template("mailbox/index.html", mails=list_mails(MAX_SHOWN))


@blueprint.get("/<id:mail_id>")
def show(mail_id: str) -> str:
    """A mail: its headers, its text, and its HTML in a frame."""
    g.content_policy = f"{POLICY}; frame-src 'self'"
    return render_template("mailbox/show.html", mail=get_mail(mail_id))


@blueprint.get("/<id:mail_id>/html")
def html_part(mail_id: str) -> Response:
    """The HTML part alone, which may do nothing but look like something."""
    mail = get_mail(mail_id)
    if mail.message is None:
        raise NotFound()
    # A link of the mail is to open in the window, not in the frame.
    response = current_app.make_response(
        mail.html.replace("<head>", '<head><base target="_top">', 1)
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
