"""Protection against cross-site request forgery, in two steps.

`check_origin` evaluates ``Sec-Fetch-Site`` and ``Origin``, which browsers send and no page can change. `check_token`
requires the session's token of every request that a browser may have sent.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest

from taskforge.errors import Forbidden, NotAuthenticated
from taskforge.extensions import config_of
from taskforge.http.urls import API_PREFIX

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})  # "none": the address bar, a bookmark
ENTRIES = (
    "/login",  # and its second step, and that of passkeys
    "/register",
    "/password-reset",
    "/address/",
)  # forms of people who are not logged in
# What is sent there is allowed by its address alone, which holds a token: mail programs send it for their users
# (RFC 8058), and no cookie counts.
BY_ADDRESS = "/unsubscribe/"
FOREIGN = "This request came from another site, so it was not carried out."
TOKEN_REFUSED = "This form has expired. Reload the page and send it again; your text is kept."  # noqa: S105 - a sentence

csrf = CSRFProtect()


def check_origin() -> None:
    """Refuse an unsafe request whose ``Sec-Fetch-Site`` or ``Origin`` names another site.

    Programs send neither. Browsers older than ``Sec-Fetch-Site`` send ``Origin``.

    Raises:
        Forbidden: it came from another site.
    """
    if request.method in SAFE_METHODS or request.path.startswith(BY_ADDRESS):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in OWN_SITES:
        raise Forbidden(FOREIGN)
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() not in _own_origins():
        raise Forbidden(FOREIGN)


def _own_origins() -> set[str]:
    """The origin that was asked for, and that of ``PUBLIC_URL``: behind a proxy that is not trusted they differ."""
    public = urlsplit(config_of().public_url.lower())
    return {
        f"{request.scheme}://{request.host}".lower(),
        f"{public.scheme}://{public.netloc}",
    }


def check_token(*, header_credentials: bool) -> None:
    """Refuse an unsafe request without the session's CSRF token.

    `header_credentials` says that the credentials are in a header, which no other site can make a browser send. An API
    request without a user needs no token either: it acts for nobody.

    Raises:
        Forbidden: the token is missing, or belongs to another session.
        NotAuthenticated: the same, and nobody is logged in.
    """
    if request.method in SAFE_METHODS or header_credentials:
        return
    if request.path.startswith(BY_ADDRESS):
        return
    if request.path.startswith(API_PREFIX) and not current_user.is_authenticated:
        return
    try:
        csrf.protect()
    except BadRequest as error:
        if not current_user.is_authenticated and not request.path.startswith(ENTRIES):
            raise NotAuthenticated() from error  # the cookie has run out, and the token with it
        raise Forbidden(TOKEN_REFUSED) from error
