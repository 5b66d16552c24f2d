"""A push service for a test: it takes messages by the real protocol, and opens them as the browser would."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from taskforge.notifications.push.messages import decode, encode


class Browser:
    """A browser with keys of its own, which is reached at an endpoint."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` answers."""
        public = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": encode(public), "auth": encode(self._auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def open(self, body: bytes) -> dict[str, Any]:
        """The content of a message that came for it."""
        opened = http_ece.decrypt(
            body, private_key=self._private, auth_secret=self._auth, version="aes128gcm"
        )
        content: dict[str, Any] = json.loads(opened)
        return content


@dataclass
class PushService:
    """What it took, and how it is to answer: ``answers`` are statuses in turn, then 201."""

    url: str
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    connections: int = 0

    def browser(self, name: str = "one") -> Browser:
        return Browser(f"{self.url}/push/{name}")

    def claims(self, number: int, public_key: str) -> dict[str, Any]:
        """The verified token of a message."""
        scheme, _, rest = self.taken[number][1]["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", public_key)
        point = decode(public_key)
        assert point is not None
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims: dict[str, Any] = jwt.decode(
            parts["t"], key, algorithms=["ES256"], audience=self.url
        )
        return claims


@contextmanager
def push_service() -> Iterator[PushService]:
    """A server of it on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            service.connections += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = {name.lower(): value for name, value in self.headers.items()}
            service.taken.append((self.path, names, body))
            self.send_response(service.answers.pop(0) if service.answers else 201)
            for name, value in {"Content-Length": "0", **service.headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = PushService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
