"""The second step of a log-in."""

from __future__ import annotations

from flask import current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts import passkeys, two_factor
from taskforge.accounts.second_factor import RECOVERY
from taskforge.errors import NotAuthenticated, Suspended
from taskforge.http.htmx import go_to
from taskforge.http.urls import next_path
from taskforge.identity import current
from taskforge.identity.logins import report_login
from taskforge.identity.two_step import STEP_OVER, Passed, find_step_user, pass_second_step
from taskforge.web.accounts.forms import CodeForm
from taskforge.web.accounts.routes import blueprint, refuse_suspended
from taskforge.web.accounts.step_cookie import forget_step, step_token


@blueprint.get("/login/second-step")
def second_step() -> ResponseReturnValue:
    """Ask for the code; leads back to the log-in where no password was given, or too long ago."""
    if find_step_user(step_token()) is None:
        return go_to(url_for("accounts.login", next=next_path() or None))
    return _page(CodeForm())


@blueprint.post("/login/second-step")
def second_step_submitted() -> ResponseReturnValue:
    """Log in whoever has given the right code."""
    form = CodeForm()
    if find_step_user(step_token()) is None:
        return _begin_again()
    try:
        passed = form.attempt(lambda code: pass_second_step(step_token(), code))
    except NotAuthenticated:  # just now
        return _begin_again()
    if passed is None:
        return form.refused(_page(form))
    try:
        return _logged_in(passed)
    except Suspended as error:
        return forget_step(refuse_suspended(error))


def _begin_again() -> ResponseReturnValue:
    flash(STEP_OVER, "danger")
    address = url_for("accounts.login", next=next_path() or None)
    return forget_step(current_app.make_response(go_to(address)))


def _logged_in(passed: Passed) -> ResponseReturnValue:
    is_new = current.start_browser_session(passed.user_id)
    report_login(passed.user_id, kind="browser", second_factor=passed.factor, is_new_device=is_new)
    if passed.factor == RECOVERY:
        left = two_factor.get_two_factor(passed.user_id).codes_left
        flash(f"That recovery code is used up. You have {left} left.", "ok")
    address = next_path() or url_for("boards.index")
    return forget_step(current_app.make_response(go_to(address)))


def _page(form: CodeForm) -> str:
    return render_template(
        "accounts/second_step.html",
        form=form,
        next=next_path(),
        are_passkeys_possible=passkeys.are_possible(),
    )
