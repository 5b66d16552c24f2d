"""Answers made of `taskforge.http.fragments`: compressed once, with a validator, drawn only when something changed."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request, session
from flask_login import current_user

from taskforge.http import fragments
from taskforge.http.fragments import Shared
from taskforge.http.sessions import CSRF_FIELD

MOST_KEPT = 128  # of each kind, so that many open tasks do not push out the boards
LARGEST_KEPT = 64_000  # bytes; a hostile filter makes larger ones
CACHING = "private, no-cache"
# What Flask and we give every template that says nothing of what the page shows.
_UNSEEN = frozenset(
    {"g", "request", "session", "current_user", "request_id", "csrf_token", "new_op"}
)
_Room = OrderedDict[bytes, Shared]
_frames: _Room = OrderedDict()
_parts: _Room = OrderedDict()
_lock = threading.Lock()


def answer_page(template: str, inner: Shared, **context: Any) -> Response:
    """A page around an inner part; `template` finds the part's place as ``inner``.

    The page is kept by everything that it is drawn from: `context`, who is looking, and what all pages show.
    """
    if session.get("_flashes"):  # shown once, so that nobody may keep it
        frame = _draw(template, context)
        return Response(fragments.plain(fragments.join(frame, inner)), mimetype="text/html")
    return answer(fragments.join(_frame(template, context), inner))


def answer(shared: Shared) -> Response:
    """Drawn HTML with its validator; a 304 for a browser that has it.

    The validator covers the session's CSRF secret: what a browser keeps must still be good for sending its forms.
    """
    content = hashlib.blake2b(shared.digest, key=session[CSRF_FIELD].encode()[:64], digest_size=16)
    etag = content.hexdigest()
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = Response(fragments.gzipped(shared), mimetype="text/html")
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(fragments.plain(shared), mimetype="text/html")
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = CACHING
    response.vary.add("Accept-Encoding")
    return response


def draw_part(template: str, **context: Any) -> Shared:
    """A part of a page, kept by its `context`: it must be drawn of that alone, and `repr` must tell all of it."""
    return _keep(_parts, repr((template, context)), lambda: fragments.draw(template, **context))


def _frame(template: str, context: dict[str, Any]) -> Shared:
    given = dict(context)
    current_app.update_template_context(given)
    seen = {name: given[name] for name in sorted(given) if name not in _UNSEEN}
    identity = current_user._get_current_object()
    # Drawn of `seen`, not of what the processors say a moment later: it would be kept under the wrong name.
    return _keep(_frames, repr((template, identity, seen)), lambda: _draw(template, seen))


def _draw(template: str, context: dict[str, Any]) -> Shared:
    return fragments.draw(template, **context, inner=fragments.inner_mark())


def _keep(room: _Room, name: str, draw: Callable[[], Shared]) -> Shared:
    """What was drawn under a name, which says all that it is drawn from."""
    if current_app.debug:
        return draw()
    key = hashlib.blake2b(name.encode(), digest_size=16).digest()
    with _lock:
        found = room.get(key)
        if found is not None:
            room.move_to_end(key)
            return found
    found = draw()
    if found.size > LARGEST_KEPT:
        return found
    with _lock:
        room[key] = found
        if len(room) > MOST_KEPT:
            room.popitem(last=False)
    return found
