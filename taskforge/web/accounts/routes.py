"""Sign-up, log-in and log-out."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.accounts import passkeys
from taskforge.errors import InvalidInput
from taskforge.http.htmx import go_to
from taskforge.http.urls import next_path
from taskforge.identity import account_links, actors, current, limited
from taskforge.identity.logins import WRONG_CREDENTIALS, check_login, report_login
from taskforge.identity.two_step import begin_second_step
from taskforge.web.accounts.forms import LogInForm, RegisterForm
from taskforge.web.accounts.step_cookie import lead_to_second_step
from taskforge.web.onboarding.routes import create_home

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/register")
def register() -> ResponseReturnValue:
    """The sign-up page."""
    return _redirect_logged_in() or render_template(
        "accounts/register.html", form=RegisterForm(), next=next_path()
    )


@blueprint.post("/register")
def register_submitted() -> ResponseReturnValue:
    """Create an account with a team and a sample board, log the person in, and redirect to the board.

    The steps are idempotent: the same form, sent again after a crash, completes what is missing.
    """
    form = RegisterForm()
    if account_links.registers_by_mail():
        return _send_registration_link(form)
    change = form.attempt(limited.sign_up)
    if change is None:
        page = render_template("accounts/register.html", form=form, next=next_path())
        return form.refused(page)
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
    is_new_device = current.start_browser_session(user_id)
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
        lambda **values: account_links.request_registration(next_path=next_path(), **values)
    )
    if form.sentences:
        page = render_template("accounts/register.html", form=form, next=next_path())
        return form.refused(page)
    return go_to(url_for("accounts.registration_sent"))


def leave() -> ResponseReturnValue:
    """Redirect a browser whose session has ended to the log-in page, and clear its cache and its storage."""
    current.forget_browser_session()
    response = current_app.make_response(go_to(url_for("accounts.login")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _login_page(form: LogInForm) -> str:
    return render_template(
        "accounts/login.html",
        form=form,
        next=next_path(),
        ended=_has_ended(),
        are_passkeys_possible=passkeys.are_possible(),
    )


def _check_login(email: str, password: str) -> str:
    user_id = check_login(email, password)
    if user_id is None:
        raise InvalidInput(WRONG_CREDENTIALS)
    return user_id


def _redirect_logged_in() -> ResponseReturnValue | None:
    return go_to(next_path() or url_for("boards.index")) if current_user.is_authenticated else None


def _has_ended() -> bool:
    """Whether the log-in was asked for because a session has ended, with a page open."""
    return request.args.get("ended") == "1"
