"""Security headers on every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from taskforge.config import Config
from taskforge.extensions import config_of
from taskforge.http.urls import ASSETS_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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
VARIES = ("HX-Request", "Cookie")  # upon which every page depends
OWN_POLICY = "taskforge.content_policy"  # in the WSGI environment
_NAMED = [(name, value, name.lower()) for name, value in HEADERS.items()]


def fixed_headers(config: Config) -> dict[str, str]:
    """The security headers for an answer that Flask does not make, by name (a live stream's)."""
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    return headers | ({"Strict-Transport-Security": TLS_ONLY} if config.is_production else {})


def init_security_headers(app: Flask) -> None:
    """Add the headers to every answer; a view with a policy of its own puts it into ``g.content_policy``.

    They are added where the answer leaves Flask, as plain pairs: by Werkzeug's headers they took 200 function calls of
    each request, 7 % of an unchanged board asked again (304).
    """
    is_production = config_of(app).is_production
    app.after_request(_note_policy)
    app.wsgi_app = _with_headers(app.wsgi_app, is_production)  # type: ignore[method-assign,assignment]


def _note_policy(response: Response) -> Response:
    if "content_policy" in g:
        request.environ[OWN_POLICY] = g.content_policy
    return response


def _with_headers(program: WSGIApplication, is_production: bool) -> WSGIApplication:
    """Run Flask, and complete the headers of its answers."""

    def completed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, complete(headers, environ, is_production), *rest)

        return program(environ, start)

    return completed


def complete(
    headers: list[tuple[str, str]], environ: WSGIEnvironment, is_production: bool
) -> list[tuple[str, str]]:
    """The headers of an answer with those of security that it does not have, and with what caches must know of it."""
    policy = environ.get(OWN_POLICY, POLICY)
    present = {name.lower() for name, _ in headers}
    if policy in (FILE_POLICY, SENT_FILE_POLICY):
        present.add(PERMISSIONS.lower())
    added = [(name, value) for name, value, known in _NAMED if known not in present]
    added.append(("Content-Security-Policy", policy))
    if is_production:
        added.append(("Strict-Transport-Security", TLS_ONLY))
    if environ["PATH_INFO"].startswith(ASSETS_PREFIX):
        return [*headers, *added]
    if "cache-control" not in present:
        added.append(("Cache-Control", "no-store"))
    varies = [value for name, value in headers if name.lower() == "vary"]
    known = ", ".join(varies).lower()
    varies += [name for name in VARIES if name.lower() not in known]
    added.append(("Vary", ", ".join(varies)))
    return [*(pair for pair in headers if pair[0].lower() != "vary"), *added]
