"""The worker of the web server: gunicorn's for ASGI, with a time limit for the head of a connection's first request.

gunicorn limits the time between two requests, the head of the second included, by ``keepalive``. It waits for the
first one for ever, so that half-sent requests would collect. The body's time is limited in `asgi_bridge`.
"""

from __future__ import annotations

import asyncio

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi


class PromptProtocol(ASGIProtocol):
    """A connection that is closed unless the head of its first request is complete in time, too."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the timer that gunicorn stops at the end of the head."""
        super().connection_made(transport)
        self._arm_keepalive_timer()


class WebWorker(gasgi.ASGIWorker):
    """A worker whose connections are `PromptProtocol`."""

    def init_process(self) -> None:
        """Give gunicorn the protocol, which it makes by this name for each connection."""
        gasgi.ASGIProtocol = PromptProtocol
        super().init_process()
