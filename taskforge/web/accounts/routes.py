"""Signing up, logging in and out: the pages before one is in."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.accounts import service
from taskforge.errors import InvalidInput
from taskforge.http import rate_limits
from taskforge.http.htmx import go_to
from taskforge.http.urls import safe_next
from taskforge.identity import actors, current
from taskforge.identity.logins import WRONG_CREDENTIALS, check_login, report_login
from taskforge.stores.operations import Change
from taskforge.web.accounts.forms import LogInForm, RegisterForm
from taskforge.web.onboarding.routes import lead_home

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/register")
def register() -> ResponseReturnValue:
    """The sign-up page."""
    return _led_on() or render_template("accounts/register.html", form=RegisterForm(), next=_next())


@blueprint.post("/register")
def register_submitted() -> ResponseReturnValue:
    """Create an account with a team and a sample board of its own, log its owner in, and go there.

    Sent again after a crash in between, the same form does what is left of it.
    """
    form = RegisterForm()
    change = form.attempt(_register)
    if change is None:
        page = render_template("accounts/register.html", form=form, next=_next())
        return page, form.http_status, form.http_headers
    home = lead_home(actors.make_followup_actor(change.entity_id, "home"))
    current.start_browser_session(change.entity_id)
    return go_to(_next() or home)


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The log-in page; who is in already is led on."""
    return _led_on() or render_template("accounts/login.html", form=LogInForm(), next=_next())


@blueprint.post("/login")
def login_submitted() -> ResponseReturnValue:
    """Log in under a new session secret. Every failure looks the same and costs the same."""
    form = LogInForm()
    user_id = form.attempt(_check_login)
    if user_id is None:
        page = render_template("accounts/login.html", form=form, next=_next())
        return page, form.http_status, form.http_headers
    current.start_browser_session(user_id)
    report_login(user_id, kind="browser")
    return go_to(_next() or url_for("boards.index"))


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End this session everywhere that knows of it."""
    if current_user.is_authenticated:
        current.end_session(current.current_actor())
    return leave()


def leave() -> ResponseReturnValue:
    """Lead a browser whose session has ended out, and have it forget what it kept of us."""
    current.forget_browser_session()
    response = current_app.make_response(go_to(url_for("accounts.login")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _register(**values: str) -> Change:
    rate_limits.limit_registrations(ip=request.remote_addr)
    return service.register_user(actors.make_signup_actor(), **values)


def _check_login(email: str, password: str) -> str:
    user_id = check_login(email, password)
    if user_id is None:
        raise InvalidInput(WRONG_CREDENTIALS)
    return user_id


def _led_on() -> ResponseReturnValue | None:
    return go_to(_next() or url_for("boards.index")) if current_user.is_authenticated else None


def _next() -> str:
    return safe_next(request.values.get("next")) or ""
