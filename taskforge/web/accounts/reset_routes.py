"""A forgotten password: ask for a link, and set a new password with it."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts import password_reset
from taskforge.errors import NotFound
from taskforge.http.htmx import go_to
from taskforge.identity import account_links
from taskforge.mail import service as mail
from taskforge.web.accounts.forms import ForgotPasswordForm, NewPasswordForm
from taskforge.web.accounts.routes import blueprint
from taskforge.web.mailbox import routes as mailbox

# Browsers tell no other page the address of this one, which holds a token.
PRIVATE = {"Referrer-Policy": "strict-origin"}


@blueprint.get("/password-reset")
def forgot_password() -> ResponseReturnValue:
    """The form that asks for a link."""
    return _forgot_page(ForgotPasswordForm())


@blueprint.post("/password-reset")
def forgot_password_submitted() -> ResponseReturnValue:
    """Send a link to the address; the answer is the same for every address."""
    form = ForgotPasswordForm()
    form.attempt(account_links.request_reset)
    if form.sentences:
        return form.refused(_forgot_page(form))
    return go_to(url_for("accounts.reset_requested"))


@blueprint.get("/password-reset/sent")
def reset_requested() -> ResponseReturnValue:
    """What to do now."""
    return render_template("accounts/reset_requested.html", mailbox_address=mailbox.find_address())


@blueprint.get("/password-reset/to/<token>")
def reset_password(token: str) -> ResponseReturnValue:
    """The form that sets a new password, or why the link does not work."""
    return *_reset_page(token, NewPasswordForm()), PRIVATE


@blueprint.post("/password-reset/to/<token>")
def reset_password_submitted(token: str) -> ResponseReturnValue:
    """Set the new password and lead to the log-in: a link logs nobody in."""
    form = NewPasswordForm()
    try:
        password_reset.find_reset(token)
        form.attempt(
            lambda password, revoke_tokens: account_links.reset_password(
                token, password, revoke_tokens=revoke_tokens
            )
        )
    except NotFound:
        return *_reset_page(token, form), PRIVATE
    if form.sentences:
        return form.refused(_reset_page(token, form)[0], PRIVATE)
    flash("Your new password is set, and all your sessions have ended. Log in with it.", "ok")
    return go_to(url_for("accounts.login"))


def _forgot_page(form: ForgotPasswordForm) -> str:
    return render_template(
        "accounts/forgot_password.html", form=form, mail_is_available=mail.is_available()
    )


def _reset_page(token: str, form: NewPasswordForm) -> tuple[str, int]:
    try:
        account, status = password_reset.find_reset(token), 200
    except NotFound:
        account, status = None, 404
    page = render_template(
        "accounts/reset_password.html",
        form=form,
        token=token,
        email=account["email"] if account else None,
        mail_is_available=mail.is_available(),
    )
    return page, status
