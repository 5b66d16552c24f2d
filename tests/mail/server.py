"""A real mail server for a test, with the faults that mail servers have, and what it took."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Inbox:
    """What the server took, and how it is to answer.

    ``answers`` are given in turn to the commands that they name: ``("RCPT", "450 4.2.0 later")``. ``drops`` says
    how often the connection is lost after a whole mail was transferred; ``keeps_dropped`` whether it was stored.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    answers: list[tuple[str, str]] = field(default_factory=list)
    drops: int = 0
    keeps_dropped: bool = False
    was_encrypted: bool = False

    async def greet(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += session.host_name is None
        session.host_name = hostname
        return responses

    async def take_sender(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer("MAIL") or "250 OK"

    async def take_recipient(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused = self._answer("RCPT")
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def take_mail(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.drops:
            self.drops -= 1
            if self.keeps_dropped:
                self._keep(server, envelope)
            assert server.transport is not None
            server.transport.abort()
            return "250 never heard"
        refused = self._answer("DATA")
        if refused is None:
            self._keep(server, envelope)
        return refused or "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right", handled=False)

    @property
    def handler(self) -> SimpleNamespace:
        """The methods under the names by which aiosmtpd calls them."""
        return SimpleNamespace(
            handle_EHLO=self.greet,
            handle_MAIL=self.take_sender,
            handle_RCPT=self.take_recipient,
            handle_DATA=self.take_mail,
        )

    def _keep(self, server: SMTP, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.recipients += envelope.rcpt_tos
        assert server.transport is not None
        self.was_encrypted = server.transport.get_extra_info("ssl_object") is not None

    def _answer(self, command: str) -> str | None:
        if self.answers and self.answers[0][0] == command:
            return self.answers.pop(0)[1]
        return None


class _Controller(Controller):
    """With an unused port of the system's choice."""

    def __init__(self, inbox: Inbox, port: int, **options: Any) -> None:
        super().__init__(
            inbox.handler,
            hostname="127.0.0.1",
            port=port,
            ready_timeout=60,
            enable_SMTPUTF8=True,
            authenticator=inbox.authenticate,
            auth_require_tls=False,
            **options,
        )


@contextlib.contextmanager
def mail_server(port: int, inbox: Inbox | None = None, **options: Any) -> Iterator[Inbox]:
    """A mail server on a port, until the block ends; it puts what comes into `inbox`, or one of its own."""
    inbox = inbox or Inbox()
    controller = _Controller(inbox, port, **options)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept: list[socket.socket] = []
        thread = threading.Thread(target=_take_all, args=(listening, kept), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        for each in kept:
            each.close()


def _take_all(listening: socket.socket, kept: list[socket.socket]) -> None:
    with contextlib.suppress(OSError):
        while True:
            kept.append(listening.accept()[0])


def make_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own for ``localhost``, and the server's side of it."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", certificate,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
