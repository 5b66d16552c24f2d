"""Sign-up, log-in and log-out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.errors import Forbidden, InvalidInput
from taskforge.http.htmx import go_to
from taskforge.http.urls import safe_next
from taskforge.identity import account_links, actors, current, invited, limited
from taskforge.identity.logins import WRONG_CREDENTIALS, check_login, report_login
from taskforge.web.accounts.forms import LogInForm, RegisterForm
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
    token = token_in(_next_path())
    if invited.why_not_register(token):
        return _register_page(form)
    if account_links.registers_by_mail():
        return _send_registration_link(form, token)
    is_invited = invited.find_open_invitation(token) is not None
    change = form.attempt(lambda **values: limited.sign_up(invitation=token, **values))
    if change is None:
        page, _ = _register_page(form)
        return form.refused(page)
    home = ""
    if not is_invited:
        home = create_home(actors.make_followup_actor(change.entity_id, "home"))
    current.start_browser_session(change.entity_id)
    return go_to(_next_path() or home)


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The log-in page; redirects a person who is logged in already."""
    return _redirect_logged_in() or render_template(
        "accounts/login.html", **_login_context(LogInForm())
    )


@blueprint.post("/login")
def login_submitted() -> ResponseReturnValue:
    """Log in under a new session secret. All failures have the same answer and take the same time."""
    form = LogInForm()
    user_id = form.attempt(_check_login)
    if user_id is None:
        return form.refused(render_template("accounts/login.html", **_login_context(form)))
    current.start_browser_session(user_id)
    report_login(user_id, kind="browser")
    return go_to(_next_path() or url_for("boards.index"))


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End this session, in PostgreSQL and in Redis."""
    if current_user.is_authenticated:
        current.end_session(current.current_actor())
    return leave()


def _register_page(form: RegisterForm) -> tuple[str, int]:
    """The sign-up page; where nobody, or nobody without an invitation, can sign up, it says why instead."""
    token = token_in(_next_path())
    why_not = invited.why_not_register(token)
    invitation = invited.find_open_invitation(token)
    if invitation is not None and not form.is_submitted():
        form.email.data = invitation["email"]
    page = render_template(
        "accounts/register.html",
        form=form,
        next=_next_path(),
        why_not=why_not,
        invitation=invitation,
    )
    return page, Forbidden.status if why_not else 200


def _send_registration_link(form: RegisterForm, token: str | None) -> ResponseReturnValue:
    """Send the link that makes the account; the answer is the same for every address."""
    form.attempt(
        lambda **values: account_links.request_registration(
            next_path=_next_path(), invitation=token, **values
        )
    )
    if form.sentences:
        page, _ = _register_page(form)
        return form.refused(page)
    return go_to(url_for("accounts.registration_sent"))


def leave() -> ResponseReturnValue:
    """Redirect a browser whose session has ended to the log-in page, and clear its cache and its storage."""
    current.forget_browser_session()
    response = current_app.make_response(go_to(url_for("accounts.login")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _login_context(form: LogInForm) -> dict[str, Any]:
    may_register = invited.why_not_register(token_in(_next_path())) is None
    return {
        "form": form,
        "next": _next_path(),
        "ended": _has_ended(),
        "may_register": may_register,
    }


def _check_login(email: str, password: str) -> str:
    user_id = check_login(email, password)
    if user_id is None:
        raise InvalidInput(WRONG_CREDENTIALS)
    return user_id


def _redirect_logged_in() -> ResponseReturnValue | None:
    return go_to(_next_path() or url_for("boards.index")) if current_user.is_authenticated else None


def _has_ended() -> bool:
    """Whether the log-in was asked for because a session has ended, with a page open."""
    return request.args.get("ended") == "1"


def _next_path() -> str:
    return safe_next(request.values.get("next")) or ""
