"""The address that a browser gave for its push messages: which ones are taken, and the conversation with its server.

Whoever has an account chooses that address, so it must lead to no place inside: https alone, at a name that stands for
public addresses only. The connection is made to the address that was checked, so that a name which means something else
a moment later leads nowhere new; the certificate must be of the name. Redirects are not followed. Every wait has a
limit, and so has the whole conversation. `PUSH_ALLOWS_LOCAL` lets tests send to a server of their own on this machine;
production does not start with it.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Self
from urllib.parse import SplitResult, urlsplit

from taskforge.config import Config
from taskforge.errors import InvalidInput
from taskforge.store_addresses import is_near

MAX_LENGTH = 1000
STEP_SECONDS = 8.0
CONVERSATION_SECONDS = 15.0
MAX_ANSWER = 1024  # bytes of an answer that are read: nothing is done with them
NO_ENDPOINT = "is no address of a push service"


class NotReached(Exception):
    """The server was not reached, or broke off; the message says why."""


class Forbidden(Exception):
    """The address leads where nothing may be sent."""


def check_endpoint(value: str, config: Config) -> str:
    """The endpoint of a subscription, if it may be stored: the form alone is checked here, the host when it is used.

    Raises:
        InvalidInput: it is none.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise InvalidInput.about("endpoint", NO_ENDPOINT) from error
    is_plain = value.isascii() and value.isprintable() and " " not in value and "\\" not in value
    is_bare = parts.username is None and parts.password is None and not parts.fragment
    is_fit = (
        len(value) <= MAX_LENGTH and is_plain and is_bare and bool(parts.hostname) and port != 0
    )
    if not is_fit or not (parts.scheme == "https" or _is_own(parts, config)):
        raise InvalidInput.about("endpoint", NO_ENDPOINT)
    if not _is_own(parts, config) and _is_inside(parts.hostname or ""):
        raise InvalidInput.about("endpoint", NO_ENDPOINT)
    return value


class Connections:
    """Connections to push services, kept for a job, one for each server."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._open: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._open.values():
            with suppress(OSError):
                connection.close()

    def post(
        self, endpoint: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str]]:
        """Send a message; the status and the headers of the answer, these by their names in small letters.

        Raises:
            Forbidden: the endpoint's host is not a public one.
            NotReached: no answer came.
        """
        parts = urlsplit(endpoint)
        kept = self._open.pop(_place(parts), None)
        with _Deadline(CONVERSATION_SECONDS) as deadline:
            if kept is not None:
                deadline.watch(kept.sock)
                with suppress(OSError, http.client.HTTPException):  # it was closed meanwhile
                    return self._exchange(deadline, kept, parts, body, headers)
            try:
                fresh = self._connect(parts, deadline)
                return self._exchange(deadline, fresh, parts, body, headers)
            except (OSError, http.client.HTTPException) as error:
                raise NotReached(f"{type(error).__name__}: {error}"[:200]) from error

    def _exchange(
        self,
        deadline: _Deadline,
        connection: http.client.HTTPConnection,
        parts: SplitResult,
        body: bytes,
        headers: Mapping[str, str],
    ) -> tuple[int, Mapping[str, str]]:
        try:
            path = parts.path or "/"
            connection.request(
                "POST", f"{path}?{parts.query}" if parts.query else path, body, dict(headers)
            )
            answer = connection.getresponse()
            answer.read(MAX_ANSWER)
            deadline.check()
            is_whole = answer.isclosed()
        except BaseException:
            connection.close()
            raise
        if is_whole and not answer.will_close:
            self._open[_place(parts)] = connection
        else:
            connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}

    def _connect(self, parts: SplitResult, deadline: _Deadline) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        is_own = _is_own(parts, self._config)
        address = host if is_own else _public_address(host, parts.port or 443)
        plain = socket.create_connection((address, parts.port or 443), timeout=STEP_SECONDS)
        deadline.watch(plain)
        if parts.scheme == "http":
            connection = http.client.HTTPConnection(host, parts.port, timeout=STEP_SECONDS)
            connection.sock = plain
            return connection
        encrypted = ssl.create_default_context().wrap_socket(
            plain, server_hostname=host, do_handshake_on_connect=False
        )
        deadline.watch(encrypted)
        try:
            encrypted.do_handshake()
        except BaseException:
            encrypted.close()
            raise
        connection = http.client.HTTPSConnection(host, parts.port, timeout=STEP_SECONDS)
        connection.sock = encrypted
        return connection


class _Deadline:
    """Breaks a conversation off when its time is over: limits of single steps don't end one that comes byte by byte."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._break_off)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self._is_over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, conversation: socket.socket | None) -> None:
        """The socket on which it goes on."""
        self._socket = conversation
        if self._is_over:
            self._break_off()

    def check(self) -> None:
        """Raises TimeoutError when it was broken off: headers that end there look whole."""
        if self._is_over:
            raise TimeoutError

    def _break_off(self) -> None:
        self._is_over = True
        if self._socket is not None:
            with suppress(
                OSError
            ):  # not that of an SSLSocket, which would change it under its reader
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _place(parts: SplitResult) -> tuple[str, str]:
    """By which a connection is kept."""
    return parts.scheme, parts.netloc


def _is_own(parts: SplitResult, config: Config) -> bool:
    """Whether it is a test's own server."""
    return config.push_allows_local and is_near(parts.hostname or "", config)


def _is_inside(host: str) -> bool:
    """Whether a host is an address that is not public; a name is looked up when it is used."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def _public_address(host: str, port: int) -> str:
    """An address of a host, all of which are public.

    Raises:
        Forbidden: one of them is not.
        OSError: it has none.
    """
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not found or not all(_is_public(address) for address in found):
        raise Forbidden(f"{host} is not a public host")
    return min(found, key=lambda address: (":" in address, address))


def _is_public(address: str) -> bool:
    parsed = ip_address(address.split("%", 1)[0])
    inner = getattr(parsed, "ipv4_mapped", None) or parsed
    return inner.is_global and not inner.is_multicast
