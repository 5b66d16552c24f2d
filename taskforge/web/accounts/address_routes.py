"""The address of an account: confirm it, change it."""

from __future__ import annotations

from flask import Response, current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.accounts import address as addresses
from taskforge.accounts import service
from taskforge.errors import Conflict, NotFound
from taskforge.http.htmx import go_to
from taskforge.identity import account_links
from taskforge.identity.actors import client_details
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.mail import service as mail
from taskforge.web.accounts.forms import ChangeAddressForm
from taskforge.web.accounts.routes import blueprint
from taskforge.web.mailbox import routes as mailbox


@blueprint.get("/profile/address")
def address() -> ResponseReturnValue:
    """The forms that confirm and change the address."""
    return _address_page(ChangeAddressForm())


@blueprint.post("/profile/address")
@needs_confirmation
def address_submitted() -> ResponseReturnValue:
    """Send a link to the new address; the answer is the same for every address."""
    actor, form = current_actor(), ChangeAddressForm()
    change = form.attempt(lambda email: account_links.request_address_change(actor, email=email))
    if change is None:
        return form.refused(_address_page(form))
    return go_to(url_for("accounts.address_link_sent"))


@blueprint.post("/profile/address/confirm")
def confirm_own_address() -> ResponseReturnValue:
    """Send a link to the present address."""
    account_links.request_address_confirmation(current_actor())
    return go_to(url_for("accounts.address_link_sent"))


@blueprint.get("/profile/address/sent")
def address_link_sent() -> ResponseReturnValue:
    """What to do now."""
    current_actor()
    return render_template(
        "accounts/address_link_sent.html", mailbox_address=mailbox.find_address()
    )


@blueprint.get("/address/<token>")
def confirm_address(token: str) -> ResponseReturnValue:
    """What a link would do, and the button that does it; one need not be logged in on this device."""
    return _confirm_page(token)


@blueprint.post("/address/<token>")
def confirm_address_submitted(token: str) -> ResponseReturnValue:
    """Use a link."""
    try:
        confirmed = addresses.confirm_address(token, **client_details())
    except (NotFound, Conflict) as error:
        return _confirm_page(token, problem=error.message, status=error.status)
    flash(f"{confirmed} is the address of your account.", "ok")
    logged_in = current_user.is_authenticated
    return go_to(url_for("accounts.profile" if logged_in else "accounts.login"))


def _address_page(form: ChangeAddressForm) -> str:
    row = service.get_profile(current_actor()).row
    return render_template(
        "accounts/address.html",
        form=form,
        email=row["email"],
        confirmed_at=row["email_verified_at"],
        mail_is_available=mail.is_available(),
    )


def _confirm_page(token: str, *, problem: str | None = None, status: int = 200) -> Response:
    """The page of a link. Browsers tell no other page its address, which holds the token."""
    account = None
    if problem is None:
        try:
            account = addresses.find_confirmation(token)
        except NotFound as error:
            problem, status = error.message, error.status
    page = render_template(
        "accounts/confirm_address.html",
        token=token,
        problem=problem,
        new=account["address"] if account else None,
        present=account["email"] if account else None,
    )
    response = current_app.make_response((page, status))
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
