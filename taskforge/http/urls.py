"""Addresses: the ids in our routes, and the check of addresses from outside before we redirect to them."""

from __future__ import annotations

import re
from urllib.parse import unquote

from flask import request
from werkzeug.routing import BaseConverter

API_PREFIX = "/api/"
ASSETS_PREFIX = "/assets/"
MAX_LENGTH = 2_000

# Printable ASCII without space, backslash, quotes and angle brackets: a browser changes or drops
# the others while reading an address, which is how "/\t/host" turns into "//host".
_PLAIN = re.compile(r"/[!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]*")
_DOUBLE = re.compile(r"[/\\]{2}|\\|[\x00-\x20\x7f]")


class IdConverter(BaseConverter):
    """``<id:task_id>`` in a route matches an id in its canonical form; any other spelling is answered with 404."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def safe_next(value: object) -> str | None:
    """The value if every browser and server reads it as a path on this site; None otherwise.

    Refused are other hosts, two slashes in a row, backslashes, control characters, and paths that become one of these
    when a server on the way percent-decodes them once or twice. Use it for every ``next`` parameter and every redirect
    that repeats input.
    """
    if not isinstance(value, str) or len(value) > MAX_LENGTH or not _PLAIN.fullmatch(value):
        return None
    path = re.split(r"[?#]", value, maxsplit=1)[0]  # urlsplit would swallow leading slashes
    for _ in range(3):
        if _DOUBLE.search(path) or _climbs(path):
            return None
        path = unquote(path)
    return value


def next_path() -> str:
    """The path that the request wants to be led to (``next``) if it is safe; else empty."""
    return safe_next(request.values.get("next")) or ""


def _climbs(path: str) -> bool:
    """Whether a browser would rewrite the path (``/./``, ``/../``) before sending it."""
    return any(segment in {".", ".."} for segment in path.split("/"))
