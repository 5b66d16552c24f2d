"""Answers with pictures, whose addresses name their content: what is behind one never changes."""

from __future__ import annotations

from flask import Response, g, request

from taskforge.http.security_headers import FILE_POLICY

# Nobody but the browser of who may see it keeps it.
FOREVER = "private, max-age=31536000, immutable"


def is_kept(etag: str) -> bool:
    """Whether the browser has a picture, and asks only because it was told to."""
    return request.if_none_match.contains(etag)


def keep_picture(response: Response, etag: str) -> Response:
    """The answer with a picture, or a 304, that a browser may keep."""
    g.content_policy = FILE_POLICY
    response.set_etag(etag)
    response.headers["Cache-Control"] = FOREVER
    return response
