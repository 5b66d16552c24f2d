"""Answers made of fragments (`taskforge.http.fragments`): rendered and compressed once, sent until something changes.

Effect, measured on the board of 200 cards (docs/performance.md): 12.2 ms CPU for a request before, 2.5 ms with
it, 2.0 ms for a browser that has the page and gets a 304. Of that, joining compressed pieces takes 0.1 ms where
compressing the page took 0.5 to 1.5 ms.

An entry's key must contain everything that its HTML depends on. Otherwise a value is shown to people who must not see
it, or after it has changed. Keys are made of `repr`, so that every value in them must have a complete `repr` (strings,
numbers, mappings, tuples, dataclasses).
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request, session
from flask_login import current_user

from taskforge.http import fragments
from taskforge.http.fragments import Fragment
from taskforge.http.sessions import CSRF_FIELD
from taskforge.metrics.counting import count_lookup

MAX_ENTRIES = 128  # of each cache: pages of tasks must not evict those of boards
MAX_ENTRY_BYTES = 64_000  # a hostile filter makes larger ones, which are not cached
CACHE_CONTROL = "private, no-cache"
# Values that Flask and we give every template and that no cached template shows; all others are part of the key.
_NOT_SHOWN = frozenset(
    {"g", "request", "session", "current_user", "request_id", "csrf_token", "new_op"}
)
_Cache = OrderedDict[bytes, Fragment]
_frames: _Cache = OrderedDict()  # pages around an inner fragment
_parts: _Cache = OrderedDict()  # inner fragments
_lock = threading.Lock()


def respond_with_page(template: str, inner: Fragment, **context: Any) -> Response:
    """The answer with a page around an inner fragment, which `template` places as ``inner``.

    The page is cached. Its key is the template, the identity of who is logged in, and everything that the template is
    given: `context` and the values of the context processors.
    """
    if session.get("_flashes"):  # a message is shown once, so that the page must not be cached
        frame = _render_frame(template, context)
        html = fragments.to_html(fragments.nest(frame, inner))
        return Response(html, mimetype="text/html")
    return respond(fragments.nest(_cached_frame(template, context), inner))


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


def cached_fragment(template: str, **context: Any) -> Fragment:
    """An inner fragment, cached by its template and `context`: the template must show nothing else."""

    def render() -> Fragment:
        return fragments.render_fragment(template, **context)

    return _cached(_parts, repr((template, context)), render)


def _cached_frame(template: str, context: dict[str, Any]) -> Fragment:
    given = dict(context)
    current_app.update_template_context(given)
    shown = {name: given[name] for name in sorted(given) if name not in _NOT_SHOWN}
    identity = current_user._get_current_object()
    # Rendered from `shown` and not from what the context processors answer a moment later, which the key does not hold.
    key = repr((template, identity, shown))
    return _cached(_frames, key, lambda: _render_frame(template, shown))


def _render_frame(template: str, context: dict[str, Any]) -> Fragment:
    inner = fragments.inner_placeholder()
    return fragments.render_fragment(template, **context, inner=inner)


def _cached(cache: _Cache, key: str, render: Callable[[], Fragment]) -> Fragment:
    """The entry under a key, rendered if there is none; the least recently used entry goes first."""
    if current_app.debug:
        return render()
    digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
    with _lock:
        found = cache.get(digest)
        if found is not None:
            cache.move_to_end(digest)
    count_lookup("page", found=found is not None)
    if found is not None:
        return found
    rendered = render()
    if rendered.size > MAX_ENTRY_BYTES:
        return rendered
    with _lock:
        cache[digest] = rendered
        if len(cache) > MAX_ENTRIES:
            cache.popitem(last=False)
    return rendered
