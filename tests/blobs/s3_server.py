"""An S3-compatible server (moto) with the faults that a test asks for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

Fault = Callable[[Any, Any, Any], Iterable[bytes]]


class FaultyServer:
    """Moto behind a layer that can do something else with the next request that fits."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._faults: list[tuple[str, str, Fault]] = []
        self.asked: list[str] = []
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=MotoRequestHandler
        )
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(60)

    @contextmanager
    def faulty(self, method: str, query: str, *faults: Fault) -> Iterator[None]:
        """Meet the next requests with this method and these words in their query with a fault each."""
        self._faults = [(method, query, fault) for fault in faults]
        yield
        assert self._faults == []

    def _answer(self, environ: Any, start: Any) -> Iterable[bytes]:
        method, query = environ["REQUEST_METHOD"], environ["QUERY_STRING"]
        self.asked.append(f"{method} {query}")
        if self._faults and self._faults[0][0] == method and self._faults[0][1] in query:
            return self._faults.pop(0)[2](self._moto, environ, start)
        answer: Iterable[bytes] = self._moto(environ, start)
        return answer


def busy(_moto: Any, environ: Any, start: Any) -> Iterable[bytes]:
    """Ask to slow down, which is to be tried again."""
    _take_body(environ)
    return _slow_down(start)


def _slow_down(start: Any) -> Iterable[bytes]:
    start("503 Slow Down", [("Content-Type", "application/xml")])
    return [
        b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    ]


def forbidden(_moto: Any, environ: Any, start: Any) -> Iterable[bytes]:
    """Refuse, which is not to be tried again."""
    _take_body(environ)
    start("403 Forbidden", [("Content-Type", "application/xml")])
    return [b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"]


def answer_lost(moto: Any, environ: Any, start: Any) -> Iterable[bytes]:
    """Do it, and answer as if it had not come about."""
    b"".join(moto(environ, lambda *_: None))
    return _slow_down(start)


def cut_off(moto: Any, environ: Any, start: Any) -> Iterable[bytes]:
    """Send only the beginning of the answer."""
    body = b"".join(moto(environ, start))
    return [body[: len(body) // 2]]


def _take_body(environ: Any) -> None:
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
