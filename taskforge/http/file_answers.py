"""Answers with a file that somebody sent: streamed, in parts if asked for, and harmless wherever it is opened.

What is in such a file is anybody's. It is downloaded and not shown unless the view says so; a browser may not guess its
type, and runs nothing in it (`security_headers.SENT_FILE_POLICY`). Nobody is asked for its bytes before they are sent,
and none of it is in memory but a piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask import Response, g, request
from werkzeug.http import http_date, parse_date, unquote_etag

from taskforge.http.security_headers import SENT_FILE_POLICY

# A browser keeps it, and asks each time whether it may still show it.
ASKED_EACH_TIME = "private, no-cache"
ANY_TYPE = "application/octet-stream"

# Types that no browser runs anything in; all others are sent as bytes of any type.
_HARMLESS = re.compile(
    r"(audio|video)/[a-z0-9.-]+|image/(png|jpeg|gif|webp|avif|bmp)|text/plain"
    r"|application/(pdf|zip|gzip|rtf|msword|vnd\.[a-z0-9.-]+)"
)
# One range of bytes; several are answered by all of them, as RFC 9110 allows.
_RANGE = re.compile(r"bytes=\s*([0-9]{0,15})-([0-9]{0,15})\s*", re.IGNORECASE)
_UNSAFE_IN_NAMES = re.compile(
    '[\x00-\x1f\x7f-\x9f\\\\/:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]'
)
_NOT_ASCII = re.compile(r"[^\x20-\x7e]|%")
# What may stand unquoted in RFC 8187's value.
_UNQUOTED = "!#$&+-.^_`|~"
_UNSATISFIABLE = (0, 0)

Reader = Callable[[int, int], Iterator[bytes]]


@dataclass(frozen=True, kw_only=True)
class File:
    """What an answer says of a file: `sha256` is its hash in hexadecimal, `size` is in bytes."""

    name: str
    mimetype: str
    size: int
    sha256: str
    written_at: datetime


def answer_with_file(
    file: File, read: Reader, *, inline: bool = False, cache_control: str = ASKED_EACH_TIME
) -> Response:
    """The answer to a GET or HEAD request for a file, or for a part of it, or a 304.

    ``read(start, length)`` opens the bytes; it is called only if there are some to send, and what it raises passes
    through. ``inline`` has a browser show the file instead of saving it, if it is of a type that is harmless.
    """
    g.content_policy = SENT_FILE_POLICY
    if request.if_none_match.contains_weak(file.sha256):
        return _with_validators(Response(status=304), file, cache_control)
    part = _requested_part(file)
    if part == _UNSATISFIABLE:
        response = Response(status=416)
        response.headers["Content-Range"] = f"bytes */{file.size}"
        return response
    start, end = part or (0, file.size)
    is_sent = request.method != "HEAD" and end > start
    pieces = read(start, end - start) if is_sent else iter(())
    response = Response(pieces, status=206 if part else 200, direct_passthrough=True)
    response.headers["Content-Length"] = str(end - start)
    if part:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    mimetype = _content_type(file.mimetype)
    response.headers["Content-Type"] = mimetype
    is_shown = inline and mimetype != ANY_TYPE
    response.headers["Content-Disposition"] = disposition(file.name, inline=is_shown)
    return _with_validators(response, file, cache_control)


def disposition(name: str, *, inline: bool) -> str:
    """The header's value, with a file's name as RFC 6266 and RFC 8187 write it, and for old programs in ASCII."""
    kind = "inline" if inline else "attachment"
    safe = _UNSAFE_IN_NAMES.sub("_", name).strip(" .") or "file"
    plain = _NOT_ASCII.sub("_", safe)
    if plain == safe:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe=_UNQUOTED)}"


def _with_validators(response: Response, file: File, cache_control: str) -> Response:
    response.set_etag(file.sha256)
    response.headers["Last-Modified"] = http_date(file.written_at)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = cache_control
    return response


def _content_type(mimetype: str) -> str:
    if not _HARMLESS.fullmatch(mimetype) or mimetype.endswith("xml"):
        return ANY_TYPE
    return "text/plain; charset=utf-8" if mimetype == "text/plain" else mimetype


def _requested_part(file: File) -> tuple[int, int] | None:
    """The first byte and the one behind the last of the range that is asked for; None where it is the whole file."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if (
        request.method != "GET"
        or not found
        or found.groups() == ("", "")
        or not _is_unchanged(file)
    ):
        return None
    first, last = found.groups()
    if not first:  # the last so many bytes
        start, end = max(0, file.size - int(last)), file.size
    elif last and int(last) < int(first):
        return None  # RFC 9110: an invalid range is as none
    else:
        start, end = int(first), min(file.size, int(last or file.size) + 1)
    return (start, end) if start < end else _UNSATISFIABLE


def _is_unchanged(file: File) -> bool:
    """Whether the part that a client has is of this file, by ``If-Range``."""
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if '"' in condition:
        etag, is_weak = unquote_etag(condition)
        return etag == file.sha256 and not is_weak
    since = parse_date(condition)
    return since is not None and since == file.written_at.replace(microsecond=0)
