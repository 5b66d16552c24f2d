"""Sign-up, log-in and log-out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.accounts import passkeys
from taskforge.accounts.suspension import find_suspension
from taskforge.errors import Forbidden, InvalidInput, Suspended
from taskforge.http.htmx import go_to
from taskforge.http.sessions import opened_session
from taskforge.http.urls import next_path
from taskforge.identity import account_links, actors, current, invited, limited
from taskforge.identity.logins import WRONG_CREDENTIALS, check_login, report_login
from taskforge.identity.two_step import begin_second_step
from taskforge.web.accounts.forms import LogInForm, RegisterForm
from taskforge.web.accounts.step_cookie import lead_to_second_step
from taskforge.web.invitations.presenters import token_in
from taskforge.web.onboarding.routes import create_home

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/register")
def register() -> ResponseReturnValue:
    """The sign-up page."""
    return _redirect_logged_in() or _register_page(RegisterForm())


@blueprint.post("/register")
def register_submitted() -> ResponseReturnValue:
    """Create an account with a team and a sample board, log the person in, and redirect to the board.

    Who comes by an invitation goes back to it instead: the team that they join has boards.

    The steps are idempotent: the same form, sent again after a crash, completes what is missing.
    """
    form = RegisterForm()
    token = token_in(next_path())
    if invited.why_not_register(token):
        return _register_page(form)
    invitation = invited.find_open_invitation(token)
    # An invitation's link stands for that of a mail: it is for its address alone.
    if account_links.registers_by_mail() and invitation is None:
        return _send_registration_link(form)
    change = form.attempt(lambda **values: limited.sign_up(invitation=token, **values))
    if change is None:
        page, _ = _register_page(form)
        return form.refused(page)
    home = ""
    if invitation is None:
        home = create_home(actors.make_followup_actor(change.entity_id, "home"))
    current.start_browser_session(change.entity_id)
    return go_to(next_path() or home)


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The log-in page; redirects a person who is logged in already."""
    return _redirect_logged_in() or _login_page(LogInForm())


@blueprint.post("/login")
def login_submitted() -> ResponseReturnValue:
    """Log in under a new session secret, or lead to the second step. All failures look alike and take the same time."""
    form = LogInForm()
    user_id = form.attempt(_check_login)
    if user_id is None:
        return form.refused(_login_page(form))
    if (step := begin_second_step(user_id)) is not None:
        return lead_to_second_step(step)
    try:
        is_new_device = current.start_browser_session(user_id)
    except Suspended as error:  # just now
        return refuse_suspended(error)
    report_login(user_id, kind="browser", is_new_device=is_new_device)
    return go_to(next_path() or url_for("boards.index"))


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End this session, in PostgreSQL and in Redis."""
    if current_user.is_authenticated:
        current.end_session(current.current_actor())
    return leave()


def _send_registration_link(form: RegisterForm) -> ResponseReturnValue:
    """Send the link that makes the account; the answer is the same for every address."""
    form.attempt(
        lambda **values: account_links.request_registration(
            next_path=next_path(), invitation=token_in(next_path()), **values
        )
    )
    if form.sentences:
        page, _ = _register_page(form)
        return form.refused(page)
    return go_to(url_for("accounts.registration_sent"))


def _register_page(form: RegisterForm) -> tuple[str, int]:
    """The sign-up page; where nobody, or nobody without an invitation, can sign up, it says why instead."""
    token = token_in(next_path())
    why_not = invited.why_not_register(token)
    invitation = invited.find_open_invitation(token)
    if invitation is not None and not form.is_submitted():
        form.email.data = invitation["email"]
    page = render_template(
        "accounts/register.html",
        form=form,
        next=next_path(),
        why_not=why_not,
        invitation=invitation,
    )
    return page, Forbidden.status if why_not else 200


def refuse_suspended(error: Suspended) -> Response:
    """Lead somebody who has proved who they are, and is kept out, to the log-in, which says why."""
    flash(error.message, "danger")
    return current_app.make_response(go_to(url_for("accounts.login", next=next_path() or None)))


def leave(address: str = "") -> ResponseReturnValue:
    """Redirect a browser whose session has ended, to the log-in page by default; clear its cache and its storage."""
    current.forget_browser_session()
    response = current_app.make_response(go_to(address or url_for("accounts.login")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _login_page(form: LogInForm) -> str:
    return render_template(
        "accounts/login.html",
        form=form,
        next=next_path(),
        ended=_has_ended(),
        suspended=_why_suspended(),
        are_passkeys_possible=passkeys.are_possible(),
        may_register=invited.why_not_register(token_in(next_path())) is None,
    )


def _check_login(email: str, password: str) -> str:
    try:
        user_id = check_login(email, password)
    except Suspended as error:
        raise InvalidInput(error.message) from error
    if user_id is None:
        raise InvalidInput(WRONG_CREDENTIALS)
    return user_id


def _redirect_logged_in() -> ResponseReturnValue | None:
    return go_to(next_path() or url_for("boards.index")) if current_user.is_authenticated else None


def _why_suspended() -> str | None:
    """What to tell a browser whose session a suspension has ended; None for others."""
    session = opened_session()
    if session.fresh_cookie:
        return None
    suspension = find_suspension(session.sid)
    return suspension.message if suspension is not None else None


def _has_ended() -> bool:
    """Whether the log-in was asked for because a session has ended, with a page open."""
    return request.args.get("ended") == "1"
