"""A web hook that takes alerts over HTTP, as Apprise posts them."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME_AND_WORD = "secret-user:secret-word"


class Receiver(ThreadingHTTPServer):
    """Takes what Apprise posts; refuses the first `refusals` messages."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.bodies: list[str] = []
        self.refusals = 0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"json://{NAME_AND_WORD}@127.0.0.1:{self.server_port}/hook?cto=60&rto=60"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.refusals:
            self.server.refusals -= 1
            self.send_response(500)
        else:
            self.server.titles.append(sent["title"])
            self.server.bodies.append(sent["message"])
            self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""
