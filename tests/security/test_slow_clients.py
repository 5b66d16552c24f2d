"""Clients that send a request slowly, or half of it, over a socket to the real web server."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

HEAD = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n"
LONGEST_SECONDS = (
    45.0  # the server waits 15 for a head and 20 for a short body; the machine may be busy
)


def connect(address: str) -> socket.socket:
    target = urlsplit(address)
    return socket.create_connection((target.hostname, target.port), timeout=LONGEST_SECONDS)


def send_slowly(address: str, beginning: bytes, drip: bytes) -> tuple[bytes, float]:
    """Send the beginning at once and then a byte each half second; what was answered until the end, and its time."""
    began = time.monotonic()
    with connect(address) as connection:
        connection.sendall(beginning)
        connection.settimeout(0.5)
        answer = b""
        while time.monotonic() - began < LONGEST_SECONDS:
            try:
                piece = connection.recv(4096)
            except TimeoutError:
                _send_unless_closed(connection, drip)
                continue
            except ConnectionError:
                break
            answer += piece
            if not piece:
                break
        return answer, time.monotonic() - began


def _send_unless_closed(connection: socket.socket, byte: bytes) -> None:
    try:
        connection.sendall(byte)
    except ConnectionError:
        return


SLOW = {
    "nothing at all": (b"", b""),
    "half a head": (HEAD, b""),
    "a head drop by drop": (HEAD + b"X-A: ", b"a"),
    "half a body": (
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=",
        b"",
    ),
    "a body drop by drop": (
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=",
        b"b",
    ),
    "half a second request": (HEAD + b"\r\n" + HEAD, b""),
}


def test_half_sent_requests_end_and_others_are_served_meanwhile(live_server: str) -> None:
    with ThreadPoolExecutor(len(SLOW)) as pool:
        running = {
            name: pool.submit(send_slowly, live_server, beginning, drip)
            for name, (beginning, drip) in SLOW.items()
        }
        with connect(live_server) as connection:
            connection.sendall(HEAD + b"Connection: close\r\n\r\n")
            assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
        ended = {name: each.result() for name, each in running.items()}
    for name, (answer, seconds) in ended.items():
        assert seconds < LONGEST_SECONDS, name
        statuses = [line[9:12] for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
        assert statuses in ([], [b"200"], [b"408"]), (name, answer)
    assert b"408" in ended["a body drop by drop"][0]


@pytest.mark.parametrize("pause", [0.0, 1.0])
def test_a_request_in_two_pieces_is_answered(live_server: str, pause: float) -> None:
    with connect(live_server) as connection:
        connection.sendall(HEAD)
        time.sleep(pause)
        connection.sendall(b"Connection: close\r\n\r\n")
        assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
