"""The web server's settings; every one that depends on the place comes from the environment.

``PORT`` / ``BIND`` say where to listen, ``WEB_WORKERS`` how many processes (2), ``WEB_THREADS`` how
many requests a process works on at once (4, read in asgi.py), ``WEB_ACCESS_LOG=1`` turns on a line
for each request.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from taskforge.server.allocator import keep_little
from taskforge.server.forking import freeze
from taskforge.server.warm_up import build_ahead

keep_little()
build_ahead()


def listen_address() -> str:
    """``BIND``, else ``PORT`` on every interface where a platform gave it, else on this machine."""
    if os.environ.get("BIND"):
        return os.environ["BIND"]
    port = os.environ.get("PORT")
    on_platform = port is not None and os.environ.get("TASKFORGE_ENV") == "production"
    host = "0.0.0.0" if on_platform else "127.0.0.1"  # noqa: S104 - a platform's router is outside
    return f"{host}:{port or 8000}"


wsgi_app = "asgi:app"
worker_class = "taskforge.server.web_worker.WebWorker"
asgi_lifespan = "off"
bind = listen_address()
workers = int(os.environ.get("WEB_WORKERS", "2"))

# Loaded once, before the fork, so that the workers share its memory; clients connect on first use, in their worker.
preload_app = True

timeout = 60
graceful_timeout = 5
keepalive = (
    15  # seconds for the head of a request, from the connection's beginning or its last answer
)
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# Who the client is and which scheme it used is decided in one place: ProxyFix, by TRUSTED_HOPS.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

accesslog = "-" if os.environ.get("WEB_ACCESS_LOG") == "1" else None
errorlog = "-"
logger_class = "taskforge.server.access_log.AccessLogger"
control_socket_disable = True


def when_ready(_server: Any) -> None:
    """Keep the garbage collector away from what is loaded before the fork."""
    freeze()


def post_worker_init(worker: Any) -> None:
    """Report on the worker; end the live streams on SIGTERM: they would never end, and delay every deployment."""
    import asgi

    worker.reporter = asgi.make_reporter()
    worker.reporter.start()

    def stop() -> None:
        asgi.streams.stop()
        worker.handle_exit_signal()

    worker.loop.add_signal_handler(signal.SIGTERM, stop)


def worker_exit(_server: Any, worker: Any) -> None:
    """Let requests that run come to their end, and share what the worker has counted last."""
    import asgi

    asgi.threads.stop(seconds=graceful_timeout)
    reporter = getattr(worker, "reporter", None)
    if reporter is not None:
        reporter.stop()
