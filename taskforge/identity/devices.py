"""Known devices: a signed cookie that a browser gets when somebody logs in with it.

Failed log-ins from elsewhere can't keep it out: its tries are counted on their own. It does not log anybody in.
"""

from __future__ import annotations

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from taskforge.extensions import config_of

LIFETIME_SECONDS = 365 * 86_400
MAX_PEOPLE = 5  # who share a browser
MAX_TOKEN_LENGTH = 120
SEPARATOR = "~"


def known_device(email: str) -> str | None:
    """The id of the browser of this request, if somebody with this address has logged in with it; else None."""
    signer = _signer(email)
    for token in _tokens():
        try:
            device_id: str = signer.loads(token, max_age=LIFETIME_SECONDS)
        except BadData:
            continue
        return device_id
    return None


def remember_device(email: str) -> None:
    """Let the answer to this request make the browser a known device of somebody."""
    device_id = known_device(email) or secrets.token_urlsafe(12)
    others = [token for token in _tokens() if not _is_of(token, email)]
    tokens = [*others, _signer(email).dumps(device_id)][-MAX_PEOPLE:]

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            cookie_name(),
            SEPARATOR.join(tokens),
            max_age=LIFETIME_SECONDS,
            secure=config_of().is_production,
            httponly=True,
            samesite="Lax",
        )
        return response


def cookie_name() -> str:
    """The name of the cookie: with the prefix that binds it to this host where it is sent encrypted."""
    return "__Host-device" if config_of().is_production else "device"


def _tokens() -> list[str]:
    given = request.cookies.get(cookie_name(), "").split(SEPARATOR)
    return [token for token in given if 0 < len(token) <= MAX_TOKEN_LENGTH][:MAX_PEOPLE]


def _is_of(token: str, email: str) -> bool:
    try:
        _signer(email).loads(token)
    except BadData:
        return False
    return True


def _signer(email: str) -> URLSafeTimedSerializer:
    """The address is part of the key: the cookie tells nobody whose it is, and serves nobody else."""
    config = current_app.config
    keys = [*config["SECRET_KEY_FALLBACKS"], config["SECRET_KEY"]]  # the last one signs
    return URLSafeTimedSerializer(keys, salt=f"known-device:{email}")
