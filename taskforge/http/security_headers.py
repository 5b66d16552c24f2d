"""Security headers on every answer."""

from __future__ import annotations

from flask import Flask, Response, g, request

from taskforge.config import Config
from taskforge.extensions import config_of
from taskforge.http.urls import ASSETS_PREFIX

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types default service-worker"  # core/trusted-types.js, push/device.js
)
# Of what is no page: a style sheet, a script, a font, a picture. It loads and runs nothing, wherever it is opened.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Of a file that somebody sent: the same, and as of an origin of its own, whatever it is.
SENT_FILE_POLICY = f"sandbox; {FILE_POLICY}"
PERMISSIONS = "Permissions-Policy"  # of what scripts may use, so not for files
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    PERMISSIONS: "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TLS_ONLY = "max-age=31536000; includeSubDomains"


def fixed_headers(config: Config) -> dict[str, str]:
    """The security headers for an answer that Flask does not make, by name (a live stream's)."""
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    return headers | ({"Strict-Transport-Security": TLS_ONLY} if config.is_production else {})


def init_security_headers(app: Flask) -> None:
    """Add the headers to every answer; a view with a policy of its own puts it into ``g.content_policy``."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    policy = g.get("content_policy", POLICY)
    present = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  names, not pairs
    if policy in (FILE_POLICY, SENT_FILE_POLICY):
        present.add(PERMISSIONS.lower())
    for name, value in HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    response.headers["Content-Security-Policy"] = policy
    if config_of().is_production:
        response.headers["Strict-Transport-Security"] = TLS_ONLY
    if not request.path.startswith(ASSETS_PREFIX):
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("HX-Request", "Cookie"))
    return response
