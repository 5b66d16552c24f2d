"""One's own second factor: set up, recovery codes, turn off."""

from __future__ import annotations

from typing import Any

import segno
from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts import passkeys, recovery_codes
from taskforge.accounts import two_factor as service
from taskforge.accounts.two_factor import Setup
from taskforge.errors import Conflict, InvalidInput
from taskforge.http.htmx import go_to
from taskforge.http.urls import next_path
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.stores.operations import Change
from taskforge.teams.two_factor import describe_requiring, list_requiring_teams, turn_off_own
from taskforge.web.accounts.forms import SetUpForm
from taskforge.web.accounts.routes import blueprint

QUIET_MODULES = 4  # the white edge that readers of QR codes need
SHOWN_BEFORE = "The recovery codes were shown once. If you do not have them, make new ones."


@blueprint.get("/profile/two-factor")
def two_factor() -> str:
    """Whether a second factor is asked for, and what can be done about it."""
    return _page(current_actor().user_id)


def _page(user_id: str, problem: str = "") -> str:
    requiring = list_requiring_teams(user_id)
    return render_template(
        "accounts/two_factor.html",
        state=service.get_two_factor(user_id),
        passkeys=passkeys.list_passkeys(user_id),
        are_passkeys_possible=passkeys.are_possible(),
        warning=describe_requiring(requiring) if requiring else "",
        problem=problem,
    )


@blueprint.get("/profile/two-factor/setup")
@needs_confirmation
def set_up_two_factor() -> ResponseReturnValue:
    """A new secret, as a QR code and as text, and the form for the first code."""
    try:
        setup = service.begin_setup(current_actor().user_id)
    except Conflict:
        return go_to(next_path() or url_for("accounts.two_factor"))
    return _setup_page(SetUpForm(formdata=None), setup)


@blueprint.post("/profile/two-factor/setup")
@needs_confirmation
def set_up_two_factor_submitted() -> ResponseReturnValue:
    """Turn the second factor on, and show the recovery codes."""
    actor, form = current_actor(), SetUpForm()
    codes = recovery_codes.new_codes()
    change = form.attempt(
        lambda setup_token, code: service.enable(actor, token=setup_token, code=code, codes=codes)
    )
    if change is not None:
        return _codes_page(change, codes, is_new=True)
    try:
        setup = service.open_setup(actor.user_id, form.setup_token.data or "")
    except InvalidInput as error:
        flash(error.message, "danger")
        return go_to(url_for("accounts.set_up_two_factor", next=next_path() or None))
    return form.refused(_setup_page(form, setup))


@blueprint.post("/profile/two-factor/recovery-codes")
@needs_confirmation
def renew_recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes, and show the new ones."""
    codes = recovery_codes.new_codes()
    change = service.renew_codes(current_actor(), codes=codes)
    return _codes_page(change, codes, is_new=False)


@blueprint.post("/profile/two-factor/off")
@needs_confirmation
def turn_off_two_factor() -> ResponseReturnValue:
    """Turn the second factor off; who is in a team that requires it must have been told what that means."""
    actor = current_actor()
    is_warned = request.form.get("warned") == "1"
    if list_requiring_teams(actor.user_id) and not is_warned:
        return _page(actor.user_id, "Read first what it means for your teams."), 409
    turn_off_own(actor, is_warned=is_warned)
    flash("Two-factor log-in is off. Your password alone logs you in.", "ok")
    return go_to(url_for("accounts.two_factor"))


def _setup_page(form: SetUpForm, setup: Setup) -> str:
    return render_template(
        "accounts/two_factor_setup.html",
        form=form,
        setup=setup,
        grouped_secret=" ".join(setup.secret[at : at + 4] for at in range(0, len(setup.secret), 4)),
        qr=draw_qr(setup.uri),
        next=next_path(),
    )


def _codes_page(change: Change, codes: list[str], *, is_new: bool) -> ResponseReturnValue:
    if change.replayed:  # these codes are not the stored ones, and those are not known any more
        flash(SHOWN_BEFORE, "ok")
        return go_to(next_path() or url_for("accounts.two_factor"))
    return render_template(
        "accounts/recovery_codes.html", codes=codes, is_new=is_new, next=next_path()
    )


def draw_qr(content: str) -> dict[str, Any]:
    """A QR code as the ``path`` of its dark modules within a square of ``size`` modules."""
    code = segno.make(content, error="m", micro=False)
    path = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return {"size": len(code.matrix) + 2 * QUIET_MODULES, "path": path}
