"""A line to the web server on which one page comes in pieces, each when the test asks for it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from urllib.parse import urlsplit

WAIT_SECONDS = 60
# Not passed on: what is about one connection, and the coding, as a compressed page can't be cut.
HELD_BACK = {"accept-encoding", "connection", "content-length", "transfer-encoding"}


class SlowLine(ThreadingHTTPServer):
    """Passes everything on; the answer to ``path`` is cut before each match of ``cuts``."""

    daemon_threads = True

    def __init__(self, server: str, path: str, cuts: re.Pattern[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.netloc = urlsplit(server).netloc
        self.path, self.cuts = path, cuts
        self.pieces: list[str] = []
        self.asked = threading.Semaphore(0)

    @property
    def address(self) -> str:
        """Where a browser finds the web server behind this line."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has left."""

    def send_next(self) -> None:
        """Let the next piece go."""
        self.asked.release()


class _Handler(BaseHTTPRequestHandler):
    server: SlowLine

    def do_GET(self) -> None:
        """Pass a request on, and its answer back."""
        connection = HTTPConnection(self.server.netloc, timeout=WAIT_SECONDS)
        asked = {name: value for name, value in self.headers.items() if not _is_held_back(name)}
        length = int(self.headers.get("Content-Length") or 0)
        connection.request(self.command, self.path, self.rfile.read(length), asked)
        answer = connection.getresponse()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if not _is_held_back(name):
                self.send_header(name, value)
        if self.path == self.server.path:
            self._send_in_pieces(answer.read().decode())
        else:
            self.end_headers()
            while part := answer.read1(65536):
                self.wfile.write(part)
        connection.close()

    def do_POST(self) -> None:
        """The same for what a page sends by itself."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing: a browser that leaves breaks lines off."""

    def _send_in_pieces(self, page: str) -> None:
        places = [found.start() for found in self.server.cuts.finditer(page)]
        borders = [0, *places, len(page)]
        # Known before the head is sent, with which a browser says that the page comes.
        self.server.pieces = [page[start:end] for start, end in pairwise(borders)]
        self.end_headers()
        for piece in self.server.pieces:
            self.wfile.write(piece.encode())
            self.wfile.flush()
            if piece is not self.server.pieces[-1]:
                self.server.asked.acquire(timeout=WAIT_SECONDS)


def _is_held_back(name: str) -> bool:
    return name.lower() in HELD_BACK


@contextmanager
def slow_line(server: str, path: str, cuts: str) -> Iterator[SlowLine]:
    """A line on which the page at `path` is cut before each match of a regular expression."""
    line = SlowLine(server, path, re.compile(cuts))
    threading.Thread(target=line.serve_forever, daemon=True).start()
    try:
        yield line
    finally:
        line.shutdown()
        line.server_close()
