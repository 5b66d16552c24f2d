"""A request for a live stream, read from the server's ASGI scope."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote_to_bytes

from werkzeug.http import parse_cookie, parse_list_header

from taskforge.http.asgi import Scope

STREAMS = "/live/"  # all of them
PATH = "/live/boards/"
INBOX_PATH = "/live/inbox"  # of a page that shows no board
_SEQ = re.compile(r"[0-9]{1,18}")


class StreamRequest(NamedTuple):
    """A request for the stream of a board, or (``board_id`` is None) of an inbox alone; nothing is checked yet.

    ``sid`` is the session's secret, ``after`` the last change that the browser knows, ``host`` the host name (and
    port) that it asked for.
    """

    board_id: str | None
    sid: str
    after: int | None
    host: str


def is_stream_request(scope: Scope) -> bool:
    """Whether a request is for a stream: a GET below `PATH`, or of `INBOX_PATH`."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path = bytes(scope["raw_path"])
    return path.startswith(PATH.encode()) or path.partition(b"?")[0] == INBOX_PATH.encode()


def is_stream_path(path: str) -> bool:
    """Whether a stream may be asked for at this path, as WSGI has it."""
    return path.startswith(STREAMS)


def read_request(scope: Scope, cookie_name: str, trusted_hops: int = 0) -> StreamRequest:
    """Read the request; malformed ids and secrets are left as they are, for `StreamSource.authorise` to refuse.

    `trusted_hops` is how many proxies in front are believed about the host. The last change comes from
    ``Last-Event-ID``, which a browser sends when it connects again, else from ``after`` in the address.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}; {value}" if name in headers else value
    cookies = parse_cookie(headers.get("cookie", ""))
    sid = headers.get("x-session-id", cookies.get(cookie_name))
    path = unquote_to_bytes(scope["raw_path"].partition(b"?")[0]).decode("latin-1")
    in_address = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    known = headers.get("last-event-id", "")
    known = known if _SEQ.fullmatch(known) else in_address
    after = int(known) if _SEQ.fullmatch(known) else None
    host = _host(headers, trusted_hops)
    if path == INBOX_PATH:
        return StreamRequest(None, sid or "", None, host)
    return StreamRequest(path.removeprefix(PATH), sid or "", after, host)


def _host(headers: Mapping[str, str], trusted_hops: int) -> str:
    """The host that was asked for, as Werkzeug's ``ProxyFix`` finds it for all other requests."""
    forwarded = parse_list_header(headers.get("x-forwarded-host", ""))
    is_forwarded = 0 < trusted_hops <= len(forwarded)
    return forwarded[-trusted_hops] if is_forwarded else headers.get("host", "")
