"""The cookie that holds a log-in between its two steps, in a browser."""

from __future__ import annotations

from flask import Response, current_app, request, url_for

from taskforge.extensions import config_of
from taskforge.http.htmx import go_to
from taskforge.http.urls import next_path
from taskforge.identity.two_step import LIFETIME, SecondStep


def lead_to_second_step(step: SecondStep) -> Response:
    """The answer to a right password that is not enough: the page of the second step, and the cookie for it."""
    address = url_for("accounts.second_step", next=next_path() or None)
    response = current_app.make_response(go_to(address))
    response.set_cookie(
        _cookie_name(),
        step.token,
        max_age=int(LIFETIME.total_seconds()),
        secure=config_of().is_production,
        httponly=True,
        samesite="Lax",
    )
    return response


def step_token() -> str:
    """The token of the second step that this browser is at; empty if it is at none."""
    return request.cookies.get(_cookie_name(), "")


def forget_step(response: Response) -> Response:
    """Take the cookie away: the second step is passed, or over."""
    response.delete_cookie(
        _cookie_name(), secure=config_of().is_production, httponly=True, samesite="Lax"
    )
    return response


def _cookie_name() -> str:
    """With the prefix that binds it to this host where it is sent encrypted."""
    return "__Host-second-step" if config_of().is_production else "second-step"
