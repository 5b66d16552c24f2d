"""The links at the foot of mails of notifications: what they end, by one button, and the way back.

Who has the link needs no session: mail programs send the form by themselves (RFC 8058), and get the page as its answer.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from taskforge.accounts.mail_choice import choose_mails
from taskforge.accounts.sealed_secrets import CannotOpen
from taskforge.errors import NotFound, Suspended
from taskforge.identity.actors import client_details
from taskforge.notification_kinds import NotificationKind, find_kind
from taskforge.notifications.bundles.unsubscribe_tokens import (
    Unsubscription,
    make_token,
    read_token,
)
from taskforge.notifications.kind_labels import name_kind
from taskforge.reports import week_mails
from taskforge.stores.actor import Actor

WEEK_WORDS = "A team’s week"

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe")


@blueprint.get("/<token>")
def ask(token: str) -> ResponseReturnValue:
    """What a link would end, and the button that does it."""
    try:
        return _page("ask", read_token(token), token=token)
    except CannotOpen:
        return _dead()


@blueprint.post("/<token>")
def end(token: str) -> ResponseReturnValue:
    """End the mails that a link names, and nothing else; again, if they have ended already.

    The way back is for whom it has ended them: it would let mails come that their reader has ended by themselves.
    """
    try:
        found = read_token(token)
        has_ended = _choose(found, wanted=False)
    except (CannotOpen, NotFound):
        return _dead()
    undo = make_token(found.user_id, found.scope, undoes=True) if has_ended else None
    return _page("ended", found, token=undo)


@blueprint.post("/undo/<token>")
def undo(token: str) -> ResponseReturnValue:
    """Let the mails come again."""
    try:
        found = read_token(token, undoes=True)
        _choose(found, wanted=True)
    except (CannotOpen, NotFound):
        return _dead()
    return _page("back", found, token=make_token(found.user_id, found.scope))


def _choose(found: Unsubscription, *, wanted: bool) -> bool:
    """Whether that changed anything."""
    client = client_details()
    actor = Actor(user_id=found.user_id, ip=client["ip"], user_agent=client["user_agent"])
    if found.team_id:
        return week_mails.choose(actor, found.team_id, wanted=wanted)
    try:
        return choose_mails(actor, _kind(found), wanted=wanted).event_id is not None
    except Suspended:
        return False  # no mails are sent to a suspended account, and nobody is told that it is one


def _kind(found: Unsubscription) -> NotificationKind | None:
    return find_kind(found.scope)


def _page(state: str, found: Unsubscription, *, token: str | None) -> Response:
    kind = _kind(found)
    words = name_kind(kind) if kind else WEEK_WORDS if found.team_id else None
    return _answer(
        render_template("unsubscribe/show.html", state=state, words=words, token=token), 200
    )


def _dead() -> Response:
    return _answer(
        render_template("unsubscribe/show.html", state="dead", words=None, token=None), 404
    )


def _answer(page: str, status: int) -> Response:
    """Browsers tell no other page its address, which holds the token."""
    response = current_app.make_response((page, status))
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
