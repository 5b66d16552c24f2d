"""Passkeys: make one, remove it, log in by it."""

from __future__ import annotations

from flask import current_app, flash, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts import passkeys
from taskforge.errors import NotFound, Suspended
from taskforge.http.htmx import go_to
from taskforge.http.urls import next_path
from taskforge.identity import current
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.logins import report_login
from taskforge.identity.passkey_logins import sign_in
from taskforge.web.accounts.forms import AddPasskeyForm, PasskeyForm
from taskforge.web.accounts.routes import blueprint, refuse_suspended
from taskforge.web.accounts.step_cookie import forget_step


@blueprint.get("/profile/passkeys/new")
@needs_confirmation
def new_passkey() -> str:
    """The page that makes a passkey, by its script."""
    return _new_page(AddPasskeyForm(formdata=None))


@blueprint.post("/profile/passkeys/new")
@needs_confirmation
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser has made."""
    actor, form = current.current_actor(), AddPasskeyForm()
    change = form.attempt(
        lambda passkey_token, passkey, name: passkeys.register(
            actor, token=passkey_token, credential=passkey, name=name
        )
    )
    if change is None:
        return form.refused(_new_page(form))
    flash("The passkey is kept. You can log in by it.", "ok")
    return go_to(url_for("accounts.two_factor"))


@blueprint.post("/profile/passkeys/<id:passkey_id>/remove")
@needs_confirmation
def remove_passkey(passkey_id: str) -> ResponseReturnValue:
    """Forget a passkey."""
    passkeys.remove(current.current_actor(), passkey_id)
    flash("The passkey is removed. It does not log you in any more.", "ok")
    return go_to(url_for("accounts.two_factor"))


@blueprint.get("/login/passkey")
def passkey_options() -> ResponseReturnValue:
    """What the script asks the browser for, to sign in by a passkey."""
    if not passkeys.are_possible():
        raise NotFound()
    challenge = passkeys.begin_sign_in()
    return jsonify(options=current_app.json.loads(challenge.options), token=challenge.token)


@blueprint.post("/login/passkey")
def login_by_passkey() -> ResponseReturnValue:
    """Log in whoever the passkey belongs to; it stands for both steps."""
    form = PasskeyForm()
    user_id = form.attempt(lambda passkey_token, passkey: sign_in(passkey_token, passkey))
    if user_id is None:
        flash(" ".join(form.sentences), "danger")
        return go_to(url_for("accounts.login", next=next_path() or None))
    try:
        is_new = current.start_browser_session(user_id)
    except Suspended as error:
        return forget_step(refuse_suspended(error))
    report_login(user_id, kind="browser", second_factor="passkey", is_new_device=is_new)
    address = next_path() or url_for("boards.index")
    return forget_step(current_app.make_response(go_to(address)))


def _new_page(form: AddPasskeyForm) -> str:
    actor = current.current_actor()
    return render_template(
        "accounts/passkey.html",
        form=form,
        challenge=passkeys.begin_registration(actor.user_id),
        are_possible=passkeys.are_possible(),
    )
