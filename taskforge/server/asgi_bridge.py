"""Runs a WSGI application (Flask) behind an asynchronous (ASGI) web server.

The event loop reads a request's body and writes its answer; the application runs in a thread of a small pool. A slow
client therefore holds no thread, and thousands of idle connections can share the process with the pages. Why this
server: docs/decisions/0002-web-server.md.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from taskforge.http.asgi import AsgiApplication, Receive, Scope, Send
from taskforge.server.answering import run_and_answer
from taskforge.server.page_threads import PageThreads
from taskforge.server.request_body import (
    Body,
    BodyLimit,
    BodyReader,
    Refused,
    answer_refused,
    general_limit,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


def in_threads(
    wsgi: WSGIApplication, *, threads: int | PageThreads, limit_of: BodyLimit = general_limit
) -> AsgiApplication:
    """An ASGI application that runs the WSGI application ``wsgi`` in ``threads``, or in so many of its own.

    ``limit_of`` says how long the body of a request may be, if it is longer than most may be. What has long bodies
    takes its time, and is given half of the threads at most.
    """
    pool = threads if isinstance(threads, PageThreads) else PageThreads(threads)
    places_of_long = asyncio.Semaphore(max(1, pool.count // 2))
    bodies = BodyReader(limit_of)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _refuse(scope["type"], receive, send)
            return
        with bodies.spool() as spool:
            try:
                body = await bodies.read(scope, receive, spool)
            except Refused as refused:
                await answer_refused(refused, send)
                return
            if body is None:
                return
            watched = receive if body.within_limit else None
            async with places_of_long if body.is_long and body.within_limit else nullcontext():
                await run_and_answer(pool, wsgi, environ_of(scope, body), watched, send)

    return application


def environ_of(scope: Scope, body: Body) -> WSGIEnvironment:
    """The WSGI environment of an ASGI request.

    The path comes from the raw bytes, so that text that is not UTF-8 reaches the application as it was sent. A chunked
    body has been put together: it has a length and no transfer coding. Headers with an underscore in the name are
    dropped: WSGI can't tell them from the ones with a hyphen, which a proxy may have checked or set.
    """
    host, port = scope.get("server") or ("localhost", 80)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"].partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.stream,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if b"_" in raw_name or name in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            continue
        key = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        separator = "; " if name == "COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    if body.size or scope["method"] in ("POST", "PUT", "PATCH"):
        environ["CONTENT_LENGTH"] = str(body.size)
    return environ


async def _refuse(kind: str, receive: Receive, send: Send) -> None:
    """Close a web socket at once: none are offered.

    Raises:
        NotImplementedError: for other kinds; a server takes it to mean that ``lifespan`` is not used.
    """
    if kind == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
        return
    raise NotImplementedError(kind)
