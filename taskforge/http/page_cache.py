"""Answers made of fragments (`taskforge.http.fragments`): rendered and compressed once, sent until something changes.

Effect, measured on the board of 200 cards (docs/performance.md): 12.2 ms CPU for a request before, 2.5 ms with
it, 2.0 ms for a browser that has the page and gets a 304. Of that, joining compressed pieces takes 0.1 ms where
compressing the page took 0.5 to 1.5 ms.

A page is a frame, kept for a person, around inner fragments that many people share. What changes often (the sequence
of a board, the title of a task) is an inner fragment, so that it does not make frames anew: 4 ms each.

An entry's key must contain everything that its HTML depends on. Otherwise a value is shown to people who must not see
it, or after it has changed. Keys are made of `repr`, so that every value in them must have a complete `repr` (strings,
numbers, mappings, tuples, dataclasses).
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, current_app, request, session
from flask_login import current_user

from taskforge.bounded_cache import FragmentCache
from taskforge.http import fragments
from taskforge.http.fragments import Fragment
from taskforge.http.sessions import CSRF_FIELD
from taskforge.metrics.counting import count_lookup

# Of each process: a frame takes about 10 kB.
MAX_FRAME_BYTES = 4_000_000
MAX_ENTRY_BYTES = 24_000
CACHE_CONTROL = "private, no-cache"
# Values that Flask and we give every template and that no cached template shows; all others are part of the key.
_NOT_SHOWN = frozenset(
    {"g", "request", "session", "current_user", "request_id", "csrf_token", "new_op"}
)
_frames: FragmentCache[Fragment] = FragmentCache(MAX_FRAME_BYTES, MAX_ENTRY_BYTES)


def respond_with_page(template: str, *inner: Fragment, **context: Any) -> Response:
    """The answer with a page around inner fragments, which `template` places as ``inner``, one after the other.

    The page is cached. Its key is the template, the identity of who is logged in, and everything that the template is
    given: `context` and the values of the context processors.
    """
    if session.get("_flashes"):  # a message is shown once, so that the page must not be cached
        frame = _render_frame(template, _with_processors(context))
        html = fragments.to_html(fragments.nest(frame, *inner))
        return Response(html, mimetype="text/html")
    return respond(fragments.nest(_cached_frame(template, context), *inner))


def respond(fragment: Fragment) -> Response:
    """The answer with a fragment and its ETag; a 304 for a browser that has it.

    The ETag covers the session's CSRF secret: the tokens in a page that the browser has cached must still be valid.
    """
    key = session[CSRF_FIELD].encode()[:64]
    etag = hashlib.blake2b(fragment.digest, key=key, digest_size=16).hexdigest()
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = Response(fragments.to_gzip(fragment), mimetype="text/html")
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(fragments.to_html(fragment), mimetype="text/html")
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.vary.add("Accept-Encoding")
    return response


def key_of(*parts: Any) -> bytes:
    """The key of everything that a fragment depends on."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()


def _cached_frame(template: str, context: dict[str, Any]) -> Fragment:
    given = _with_processors(context)
    shown = {name: given[name] for name in sorted(given) if name not in _NOT_SHOWN}
    key = key_of(template, current_user._get_current_object(), shown)
    found = None if current_app.debug else _frames.get(key)
    count_lookup("page", found=found is not None)
    if found is None:
        # From `shown` and not from what the context processors answer a moment later, which the key does not hold.
        found = _render_frame(template, shown)
        _frames.keep(key, found)
    return found


def _with_processors(context: dict[str, Any]) -> dict[str, Any]:
    given = dict(context)
    current_app.update_template_context(given)
    return given


def _render_frame(template: str, shown: dict[str, Any]) -> Fragment:
    given = {**shown, "current_user": current_user, "inner": fragments.inner_placeholder()}
    return fragments.render_fragment(template, **given)
