"""Asks again for the password, before what is delicate."""

from __future__ import annotations

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts.confirmation import is_confirmed
from taskforge.errors import ConfirmationRequired
from taskforge.http import error_pages, htmx
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.http.urls import API_PREFIX, safe_next
from taskforge.identity.confirmation import PASSWORD_FIELD, needs_confirmation
from taskforge.identity.current import current_identity
from taskforge.web.accounts.routes import blueprint

# Not sent again: what the new form has itself, and secrets, which no page repeats.
LEFT_OUT = ("csrf_token", PASSWORD_FIELD, "password", "current_password", "new_password")
IN_PLACE_OF_THE_PAGE = {"HX-Retarget": "#main", "HX-Reswap": "innerHTML"}


@blueprint.get("/confirm-password")
def confirm() -> ResponseReturnValue:
    """Ask for the password, and lead on to the page that needs it."""
    if is_confirmed(current_identity()):
        return htmx.go_to(_next_address())
    return _page(url_for("accounts.confirm"), [("next", _next_address())], [])


@blueprint.post("/confirm-password")
@needs_confirmation
def confirm_submitted() -> ResponseReturnValue:
    """Lead on to the page that needed the password, which was right."""
    return htmx.go_to(_next_address())


def ask_for_confirmation(error: ConfirmationRequired) -> Response:
    """The answer to whoever has to prove first that it is them.

    A program gets the error. To a page the form for the password leads. A refused form is sent again by that form: it
    goes to the same address and holds the same fields. htmx shows it in place of the page.
    """
    if request.path.startswith(API_PREFIX) or htmx.wants_json():
        return error_pages.answer_error(error)
    here = request.full_path.rstrip("?")
    if request.method in SAFE_METHODS:
        return make_response(htmx.go_to(url_for("accounts.confirm", next=here)))
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in LEFT_OUT]
    problem = error.problem
    response = make_response(_page(here, kept, [problem.message] if problem else []))
    response.status_code = 422 if problem is None else problem.status
    if retry_after := getattr(problem, "retry_after", None):
        response.headers["Retry-After"] = str(retry_after)
    if htmx.wants_partial():
        response.headers.update(IN_PLACE_OF_THE_PAGE)
        response.status_code = 422  # the one refusal that htmx shows
    return response


def _page(action: str, kept: list[tuple[str, str]], problems: list[str]) -> str:
    return htmx.render(
        "accounts/confirm.html",
        "accounts/_confirm.html",
        action=action,
        kept=kept,
        is_resent=action != url_for("accounts.confirm"),
        problems_found=problems,
        field_name=PASSWORD_FIELD,
    )


def _next_address() -> str:
    return safe_next(request.values.get("next")) or url_for("accounts.profile")
