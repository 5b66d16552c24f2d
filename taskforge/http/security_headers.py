"""Security headers on every answer, and the checks that browsers let us make of where a request comes from."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from taskforge.config import Config
from taskforge.errors import Forbidden
from taskforge.extensions import config_of, csrf
from taskforge.http.urls import API_PREFIX, ASSETS_PREFIX

DASHBOARD_PREFIX = "/admin/jobs/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
# rq-dashboard builds its tables with templates that it compiles in the browser.
DASHBOARD_POLICY = POLICY.replace(
    "script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'"
).replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TLS_ONLY = "max-age=31536000; includeSubDomains"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
FOREIGN = "This request came from another site, so it was not carried out."
CSRF_FAILED = "This form has expired. Reload the page and send it again; your text is kept."


def fixed_headers(config: Config) -> dict[str, str]:
    """The headers of an answer that Flask does not make."""
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    return headers | ({"Strict-Transport-Security": TLS_ONLY} if config.is_production else {})


def init_security_headers(app: Flask) -> None:
    """Add the headers after, and the origin check before, every request."""
    app.before_request(_check_origin)
    app.after_request(_add_headers)


def check_csrf(*, header_credentials: bool) -> None:
    """Refuse an unsafe request without the session's CSRF token.

    A request with credentials of its own in a header needs none: no other site can make a browser send those.

    Raises:
        Forbidden: the token is missing, old or another session's.
    """
    if (
        request.method in SAFE_METHODS
        or header_credentials
        or request.path.startswith(DASHBOARD_PREFIX)
    ):
        return
    if request.path.startswith(API_PREFIX) and not current_user.is_authenticated:
        return  # nothing is done in anybody's name; JSON and Sec-Fetch-Site are checked all the same
    try:
        csrf.protect()
    except BadRequest as error:
        raise Forbidden(CSRF_FAILED) from error


def _check_origin() -> None:
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in OWN_SITES:
        raise Forbidden(FOREIGN)
    if request.path.startswith(DASHBOARD_PREFIX) and site != "same-origin":
        raise Forbidden(FOREIGN)


def _add_headers(response: Response) -> Response:
    present = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  names, not pairs
    for name, value in HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    dashboard = request.path.startswith(DASHBOARD_PREFIX)
    response.headers["Content-Security-Policy"] = DASHBOARD_POLICY if dashboard else POLICY
    if config_of().is_production:
        response.headers["Strict-Transport-Security"] = TLS_ONLY
    if not request.path.startswith(ASSETS_PREFIX):
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("HX-Request", "Cookie"))
    return response
