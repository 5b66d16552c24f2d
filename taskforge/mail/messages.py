"""Makes a mail of its intent: rendered subject, text and HTML, as an `email.message.EmailMessage`.

Templates have the context, ``link``, ``public_url``, ``subject`` and ``sent_at``. Text and HTML say the same. Every
address in a mail begins with ``PUBLIC_URL``, whatever host the request named that caused it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import idna
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from taskforge.config import Config
from taskforge.mail.kinds import KINDS, MailKind
from taskforge.mail.tokens import recover_token

_ADDRESS_HEADERS = ("list-unsubscribe",)
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class CannotRender(Exception):
    """A mail can't be made of its intent; the message says why."""


@dataclass(frozen=True)
class Rendered:
    """What a mail says."""

    subject: str
    text: str
    html: str
    link: str


def render(config: Config, intent: Mapping[str, Any]) -> Rendered:
    """Render a row of ``mail_intents``.

    Raises:
        CannotRender: the kind is not known any more, or the token's key is not.
    """
    kind = KINDS.get(intent["kind"])
    if kind is None:
        raise CannotRender("this release does not know the kind of mail")
    public_url = config.public_url.rstrip("/")
    context = {
        **intent["context"],
        "subject": kind.subject.format(**intent["context"]),
        "link": public_url
        + kind.path.format(**intent["context"], token=_token(config, kind, intent)),
        "public_url": public_url,
        "sent_at": intent["created_at"],
    }
    text, html = draw(kind, context)
    return Rendered(subject=context["subject"], text=text, html=html, link=context["link"])


def draw(name: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The text and the HTML of the two templates of a name in ``templates/mail/``."""
    environment = _environment()
    text = environment.get_template(f"mail/{name}.txt").render(context).strip() + "\n"
    return text, environment.get_template(f"mail/{name}.html").render(context)


def compose(config: Config, intent: Mapping[str, Any]) -> EmailMessage:
    """The mail of a row of ``mail_intents``, the same each time: its ``Message-ID`` and date come from the row.

    Raises:
        CannotRender: like `render`; or the address can't be one of a mail.
    """
    rendered = render(config, intent)
    message = new_message(config, intent["to_address"], rendered.subject, intent["created_at"])
    message["Message-ID"] = f"<{intent['mail_id']}@{host_of(config)}>"
    if end_path := intent["context"].get("end_path"):
        message["List-Unsubscribe"] = f"<{config.public_url.rstrip('/')}{end_path}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return with_parts(message, rendered.text, rendered.html)


def new_message(config: Config, address: str, subject: str, at: datetime) -> EmailMessage:
    """A mail to an address with the headers that every mail has, without an id and without words.

    Raises:
        CannotRender: the subject or the address can't be a header's.
    """
    local, _, domain = to_ascii_domain(address).rpartition("@")
    # Such letters before the @ need a server that knows SMTPUTF8, and headers that are not encoded.
    message = EmailMessage(policy=_Policy(linesep="\r\n", utf8=not local.isascii()))
    try:
        message["From"] = config.mail_from
        message["To"] = Address(username=local, domain=domain)
        message["Subject"] = subject
    except ValueError as error:  # the standard library refuses CR and LF in any header
        raise CannotRender(f"a header is refused: {error}") from error
    message["Date"] = format_datetime(at.astimezone(UTC))
    message["Auto-Submitted"] = "auto-generated"
    return message


def with_parts(message: EmailMessage, text: str, html: str) -> EmailMessage:
    """The mail with its words in both forms."""
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


class _Policy(EmailPolicy):
    """Writes headers of one address on one line: the standard library would encode a long one like foreign letters."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header as it is sent."""
        if name.lower() in _ADDRESS_HEADERS:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


def to_ascii_domain(address: str) -> str:
    """An address with its domain as mail servers take it; what stands before the @ stays as it is."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def _token(config: Config, kind: MailKind, intent: Mapping[str, Any]) -> str:
    if not kind.needs_token:
        return ""
    if intent["token_seed"] is None:
        raise CannotRender("its link was deleted")
    token = recover_token(config, bytes(intent["token_seed"]), bytes(intent["token_hash"]))
    if token is None:
        raise CannotRender("the secret key of its link is not known any more")
    return token


def host_of(config: Config) -> str:
    """The host of ``PUBLIC_URL``, by which the ids of mails are ours."""
    return urlsplit(config.public_url).hostname or "localhost"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["instant"] = _show_instant
    return environment


def _show_instant(value: str | datetime) -> str:
    """An instant in words; in UTC, as the reader's zone is not known where the mail is made."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
