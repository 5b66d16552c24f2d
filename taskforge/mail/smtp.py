"""A conversation with the mail server, in which every wait has a limit; says what became of a mail.

``smtps://`` is encrypted from the first byte. ``smtp://`` goes on by STARTTLS, and without it only to a host of
``PRIVATE_HOSTS`` or of this machine. `smtplib` is imported with the first mail that is sent.
"""

from __future__ import annotations

import re
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

from taskforge.config import Config
from taskforge.store_addresses import is_near

if TYPE_CHECKING:
    from smtplib import SMTP

STEP_SECONDS = 10.0
CONVERSATION_SECONDS = 30.0
PORTS = {"smtp": 587, "smtps": 465}
_PRINTABLE = re.compile(r"[^\x20-\x7e]+")


class NotSent(Exception):
    """A mail was not sent; the message says why, in words of the server where it gave some.

    ``is_final`` when the server refused the mail for good, ``maybe_sent`` when it broke off after it had all of it, and
    ``server_away`` when the next mail would fare the same.
    """

    def __init__(
        self,
        why: str,
        *,
        is_final: bool = False,
        maybe_sent: bool = False,
        server_away: bool = False,
    ) -> None:
        super().__init__(why[:300])
        self.is_final, self.maybe_sent, self.server_away = is_final, maybe_sent, server_away


class MailServer:
    """The server of ``SMTP_URL``; connected for the first mail, and again after a failure."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._url = urlsplit(config.smtp_url)
        self._client: SMTP | None = None
        self._deadline = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            with suppress(OSError):  # smtplib's errors are kinds of OSError
                self._limit()
                self._client.quit()
        self._drop()

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand one mail over.

        Raises:
            NotSent: the server did not confirm it.
        """
        self._deadline = time.monotonic() + CONVERSATION_SECONDS
        try:
            client = self._connected()
            self._offer(client, recipient)
            self._transfer(client, message)
        except NotSent:
            self._drop()
            raise
        except OSError as error:
            self._drop()
            raise NotSent(_describe(error)) from error

    def _connected(self) -> SMTP:
        if self._client is None:
            try:
                self._client = self._connect()
            except OSError as error:
                raise NotSent(_describe(error), server_away=True) from error
        return self._client

    def _connect(self) -> SMTP:
        import smtplib  # late: see the module

        host, port = self._url.hostname or "", self._url.port or PORTS[self._url.scheme]
        tls = ssl.create_default_context()
        if self._url.scheme == "smtps":
            client: SMTP = smtplib.SMTP_SSL(host, port, timeout=STEP_SECONDS, context=tls)
        else:
            client = smtplib.SMTP(host, port, timeout=STEP_SECONDS)
        try:
            self._greet(client, host, tls)
        except BaseException:
            client.close()
            raise
        return client

    def _greet(self, client: SMTP, host: str, tls: ssl.SSLContext) -> None:
        client.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls(context=tls)
            client.ehlo()
        elif self._url.scheme == "smtp" and not is_near(host, self._config):
            raise NotSent("the server offers no encryption (STARTTLS)", server_away=True)
        if self._url.username:
            self._limit(client)
            client.login(unquote(self._url.username), unquote(self._url.password or ""))

    def _offer(self, client: SMTP, recipient: str) -> None:
        options = []
        if not recipient.isascii():
            if not client.has_extn("smtputf8"):
                raise NotSent("the server takes no addresses with such letters", is_final=True)
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        self._limit()
        _expect(client.mail(self._config.mail_address, options))
        self._limit()
        _expect(client.rcpt(recipient))

    def _transfer(self, client: SMTP, message: EmailMessage) -> None:
        from smtplib import SMTPDataError

        self._limit()
        try:
            _expect(client.data(message.as_bytes()))
        except SMTPDataError as error:  # refused before it was transferred
            raise NotSent(_describe(error), is_final=error.smtp_code >= 500) from error
        except OSError as error:
            raise NotSent(_describe(error), maybe_sent=True) from error

    def _limit(self, client: SMTP | None = None) -> None:
        """Let the next step take `STEP_SECONDS`, and the whole conversation no longer than it may."""
        client = client or self._client
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server is too slow")
        if client is not None and client.sock is not None:
            client.sock.settimeout(min(STEP_SECONDS, left))

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _expect(answer: tuple[int, bytes]) -> None:
    """Raise `NotSent` unless a command was accepted: 4xx may be tried again, 5xx not."""
    code, words = answer
    if code not in (250, 251):
        said = words.decode("ascii", "replace")
        raise NotSent(_plain(f"{code} {said}"), is_final=500 <= code < 600)


def _describe(error: OSError) -> str:
    code, words = getattr(error, "smtp_code", None), getattr(error, "smtp_error", None)
    if code is not None and isinstance(words, bytes):
        return _plain(f"{code} {words.decode('ascii', 'replace')}")
    return _plain(f"{type(error).__name__}: {error}")


def _plain(text: str) -> str:
    return _PRINTABLE.sub(" ", text).strip()
