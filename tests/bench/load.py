"""A closed loop of requests over kept-alive connections, from one thread, with as little work of its own as can be."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

# What a connection sends next: the bytes of a whole request, by connection and turn.
Flow = Callable[[int, int], bytes]

RECEIVE_BYTES = 1 << 18
SILENCE_SECONDS = 15.0
WITHOUT_BODY = (204, 304)


@dataclass
class Load:
    """What a loop measured: seconds for each answer, how many of each status, and all bytes of the answers."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    received: int = 0

    def __add__(self, other: Load) -> Load:
        """Both, one after the other."""
        return Load(
            self.seconds + other.seconds,
            self.latencies + other.latencies,
            self.statuses + other.statuses,
            self.received + other.received,
        )

    @property
    def count(self) -> int:
        """How many answers came."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.count / self.seconds

    def demand(self, *statuses: int) -> None:
        """Insist that every answer had one of these statuses.

        Raises:
            ConnectionError: one had not.
        """
        if set(self.statuses) - set(statuses):
            raise ConnectionError(f"the answers were {dict(self.statuses)}, not {statuses}")

    def quantile_ms(self, share: float) -> float:
        """The latency below which `share` of the answers stayed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


class Connection:
    """One kept-alive connection with at most one request under way."""

    def __init__(self, number: int, port: int) -> None:
        self.number = number
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.turn = 0
        self.sent_at = 0.0
        self.answer = b""

    def send(self, request: bytes) -> None:
        """Send a whole request."""
        self.turn += 1
        self.answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, int] | None:
        """Take what has come; once the answer is whole, its status and size in bytes."""
        piece = self.socket.recv(RECEIVE_BYTES)
        if not piece:
            raise ConnectionError("the server closed a kept-alive connection")
        self.answer += piece
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            return None
        status = int(head[9:12])
        if len(body) < _length_of(head, status):
            return None
        return status, len(self.answer)


def run_closed_loop(
    port: int, flow: Flow, *, connections: int, seconds: float, most: int | None = None
) -> Load:
    """Keep `connections` requests under way for a while; the next one starts when an answer is whole.

    `most` ends it after so many requests.

    Raises:
        TimeoutError: no answer came for 15 seconds.
        ConnectionError: the server closed a connection, or sent an answer without its length.
    """
    load = Load()
    opened = [Connection(number, port) for number in range(connections)]
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(flow(connection.number, 0))
        waiting = connections
        while waiting:
            ready = selector.select(SILENCE_SECONDS)
            if not ready:
                raise TimeoutError("no answer came")
            for key, _ in ready:
                answer = key.data.receive()
                if answer is None:
                    continue
                now = time.perf_counter()
                load.latencies.append(now - key.data.sent_at)
                load.statuses[answer[0]] += 1
                load.received += answer[1]
                if now - began < seconds and (most is None or load.count + waiting <= most):
                    key.data.send(flow(key.data.number, key.data.turn))
                else:
                    waiting -= 1
        load.seconds = time.perf_counter() - began
    for connection in opened:
        connection.socket.close()
    return load


def request_bytes(
    method: str, path: str, headers: dict[str, str] | None = None, body: str = ""
) -> bytes:
    """A request as it goes over the wire; a body is a form unless the headers say otherwise."""
    given = {"Host": "127.0.0.1", "Accept-Encoding": "gzip", **(headers or {})}
    if method != "GET":
        given.setdefault("Content-Type", "application/x-www-form-urlencoded")
        given["Content-Length"] = str(len(body.encode()))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _length_of(head: bytes, status: int) -> int:
    if status in WITHOUT_BODY:
        return 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ConnectionError("an answer came without Content-Length")
