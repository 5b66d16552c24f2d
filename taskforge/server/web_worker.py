"""The worker of the web server: gunicorn's for ASGI, with a short way for plain requests and a limit for slow heads.

Plain requests (`request_head`) go to the threads directly, if the application offers that (``app.direct``, see
`direct_call`). All others go through gunicorn's parser and ASGI: live streams, bodies that come in pieces, whatever is
malformed.

gunicorn limits the time between two requests, the head of the second included, by ``keepalive``. It waits for the
first one for ever, so that half-sent requests would collect. The body's time is limited in `asgi_bridge`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi

from taskforge.server.direct_call import Direct, DirectCall
from taskforge.server.request_head import HeadReader, PlainRequest

# Of what a client sends behind a request that is being answered.
MAX_HELD_BYTES = 64 * 1024


_heads = HeadReader()


class PromptProtocol(ASGIProtocol):
    """A connection; it is closed unless the head of its first request is complete in time, too."""

    _direct: Direct | None = None
    _call: DirectCall | None = None
    _sending: asyncio.Task[None] | None = None
    # Whether gunicorn's parser is at a request, or has read a part of one.
    _is_parsing = False
    _held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the timer that gunicorn stops at the end of the head."""
        super().connection_made(transport)
        self._arm_keepalive_timer()
        client, server = (transport.get_extra_info(name) for name in ("peername", "sockname"))
        if self._has_short_way() and isinstance(client, tuple) and isinstance(server, tuple):
            self._direct = getattr(self.app, "direct", None)
            self._said = {
                "REMOTE_ADDR": client[0],
                "SERVER_NAME": server[0],
                "SERVER_PORT": str(server[1]),
            }

    def data_received(self, data: bytes) -> None:
        """Begin a plain request; leave everything else to gunicorn."""
        if self._call is not None:
            self._hold(data)
        elif (request := self._read_plain(data)) is not None:
            self._begin(request)
        else:
            super().data_received(data)

    def is_gone(self) -> bool:
        """Whether the client has left."""
        return bool(self._closed)

    def answered(self, call: DirectCall, data: bytes) -> None:
        """Write an answer and wait for the next request; what is left of a long one is sent by a task."""
        self.write(data)
        self.worker.nr += 1
        if call.has_rest or self._flow_control.write_paused:
            self._sending = self.worker.loop.create_task(self._send_rest(call))
        else:
            self._end_call(call.keeps_alive)

    def write(self, data: bytes) -> None:
        """Send bytes to a client that may have left."""
        if data and not self._closed:
            self._safe_write(data)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was sent."""
        await self._flow_control.drain()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go whoever waits for the client to read."""
        super().connection_lost(exc)
        if self._call is not None:
            self._flow_control.resume_writing()

    def _feed_callback_parser(self, data: bytes) -> bool:
        self._is_parsing = True
        return bool(super()._feed_callback_parser(data))

    async def _serve_http_request(self, *arguments: Any) -> bool:
        keeps_alive = bool(await super()._serve_http_request(*arguments))
        # gunicorn resets its parser now, and feeds it what had come behind the request.
        self._is_parsing = False
        return keeps_alive

    def _has_short_way(self) -> bool:
        """Whether this connection has none of gunicorn's features that only its own way knows."""
        cfg = self.cfg
        return not (
            self._is_ssl or self._h2c_buffer is not None or self.log.access_log_enabled
        ) and (cfg.protocol, cfg.proxy_protocol) == ("http", "off")

    def _read_plain(self, data: bytes) -> PlainRequest | None:
        direct, worker = self._direct, self.worker
        if direct is None or self._is_parsing or self._closed or not worker.alive:
            return None
        if worker.nr + 1 >= worker.max_requests:
            return None
        request = _heads.read(data, self._said)
        return None if request is None or direct.needs_asgi(request.environ) else request

    def _begin(self, request: PlainRequest) -> None:
        assert self._direct is not None
        self._cancel_keepalive_timer()
        self._call = DirectCall(self._direct.wsgi, request, self, self.worker.loop)
        self._direct.threads.put(self._call.run)

    def _hold(self, data: bytes) -> None:
        """Keep what comes before its time: another request, behind one that is being answered."""
        self._held += data
        if len(self._held) > MAX_HELD_BYTES:
            self._pause_reading()

    async def _send_rest(self, call: DirectCall) -> None:
        assert self._direct is not None
        try:
            await call.send_rest(self._direct.threads)
        except Exception:
            self.transport.abort()
            raise
        self._end_call(call.keeps_alive)

    def _end_call(self, keeps_alive: bool) -> None:
        self._call = self._sending = None
        held, self._held = self._held, b""
        if self._closed:
            return
        if not (keeps_alive and self.worker.alive):
            self._close_transport()
            return
        self._resume_reading()
        self._arm_keepalive_timer()
        if held:
            self.data_received(held)


class WebWorker(gasgi.ASGIWorker):
    """A worker whose connections are `PromptProtocol`."""

    def init_process(self) -> None:
        """Give gunicorn the protocol, which it makes by this name for each connection."""
        gasgi.ASGIProtocol = PromptProtocol
        super().init_process()
