"""Entry point of the web server: ``gunicorn -c gunicorn.conf.py asgi:app``."""

from __future__ import annotations

import os
from urllib.parse import unquote

from taskforge.http.asgi import Receive, Scope, Send
from taskforge.http.view_declarations import body_limit
from taskforge.live.request import is_stream_path, is_stream_request
from taskforge.live.stream import LiveStreams
from taskforge.server.asgi_bridge import in_threads
from taskforge.server.direct_call import Direct
from taskforge.server.page_threads import PageThreads
from taskforge.server.reporter import WEB, Reporter
from taskforge.server.request_body import general_limit
from taskforge.server.warm_up import warm_up
from taskforge.web.live.access import BoardStreamSource
from wsgi import app as flask_app

warm_up(flask_app)
streams = LiveStreams(flask_app, BoardStreamSource())
# With the thread of the live streams' checks as many as there are connections, so that none waits for one.


def limit_of(scope: Scope) -> int:
    """The most bytes that are read of a request's body: more than usual where a view takes large files."""
    path = unquote(scope["raw_path"].partition(b"?")[0].decode("latin-1"))
    return max(general_limit(scope), body_limit(flask_app, scope["method"], path))


threads = PageThreads(int(os.environ.get("WEB_THREADS", "4")))
pages = in_threads(flask_app, threads=threads, limit_of=limit_of)


def make_reporter() -> Reporter:
    """The reporter of a worker process; to be made in it, after the fork."""
    return Reporter(flask_app, WEB, count_streams=streams.count_open)


class Application:
    """Answers live streams on the event loop and everything else by Flask, in threads.

    `direct` is a shorter way to Flask for most requests, where the server knows it (`taskforge.server.web_worker`).
    """

    direct = Direct(flask_app, threads, lambda environ: is_stream_path(environ["PATH_INFO"]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as every ASGI application does."""
        await (streams if is_stream_request(scope) else pages)(scope, receive, send)


app = Application()
