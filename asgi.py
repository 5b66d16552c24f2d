"""Entry point of the web server: ``gunicorn -c gunicorn.conf.py asgi:app``."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Any

from taskforge.live.stream import LiveStreams
from taskforge.server.asgi_bridge import Receive, Send, in_threads
from taskforge.server.warm_up import warm_up
from taskforge.web.live.access import is_wanted
from wsgi import app as flask_app

warm_up(flask_app)
streams = LiveStreams(flask_app)
pages = in_threads(flask_app, threads=int(os.environ.get("WEB_THREADS", "8")))


async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Live streams stay on the event loop; everything else is Flask's."""
    await (streams if is_wanted(scope) else pages)(scope, receive, send)
