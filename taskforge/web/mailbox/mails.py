"""The mails of the development mailbox: those that services have asked for, and those of notifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from taskforge.errors import NotFound
from taskforge.extensions import config_of
from taskforge.mail import queries as intents
from taskforge.mail.messages import CannotRender, Rendered, compose, render
from taskforge.notifications.bundles import queries as bundles
from taskforge.stores import sql


@dataclass(frozen=True)
class ShownMail:
    """A mail as the pages show it; ``message`` is None if it can't be made any more."""

    mail_id: str
    to: str
    subject: str
    at: datetime
    state: str
    message: EmailMessage | None
    link: str | None = None

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """What the mail program reads."""
        if self.message is None:
            return ()
        left_out = ("content-type", "mime-version")
        found = cast(Sequence[tuple[str, object]], self.message.items())
        return [(name, str(value)) for name, value in found if name.lower() not in left_out]

    @property
    def text(self) -> str:
        """The part for who reads text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The part that looks like something."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,)) if self.message is not None else None
        return str(part.get_content()) if part is not None else ""


def list_mails(limit: int) -> list[ShownMail]:
    """The latest mails of both sorts, newest first."""
    found = [
        *(_of_intent(row) for row in sql.rows(intents.LATEST, {"limit": limit})),
        *(_of_bundle(row) for row in sql.rows(bundles.LATEST, {"limit": limit})),
    ]
    return sorted(found, key=lambda mail: (mail.at, mail.mail_id), reverse=True)[:limit]


def get_mail(mail_id: str) -> ShownMail:
    """One mail.

    Raises:
        NotFound: there is none.
    """
    row = sql.row(intents.ONE, {"mail_id": mail_id})
    if row is not None:
        return _of_intent(row)
    row = sql.row(bundles.ONE, {"bundle_id": mail_id})
    if row is None:
        raise NotFound()
    return _of_bundle(row)


def _of_intent(row: Mapping[str, Any]) -> ShownMail:
    rendered: Rendered | None = None
    message: EmailMessage | None = None
    with suppress(CannotRender):
        rendered, message = render(config_of(), row), compose(config_of(), row)
    return ShownMail(
        mail_id=row["mail_id"],
        to=row["to_address"],
        subject=rendered.subject if rendered else row["kind"],
        at=row["created_at"],
        state=_state(row),
        message=message,
        link=rendered.link if rendered else None,
    )


def _of_bundle(row: Mapping[str, Any]) -> ShownMail:
    message = message_from_bytes(bytes(row["message"]), policy=policy.default)
    return ShownMail(
        mail_id=row["bundle_id"],
        to=message["To"],
        subject=message["Subject"],
        at=row["sent_at"],
        state="sent" if config_of().smtp_url else "",
        message=message,
    )


def _state(row: Mapping[str, Any]) -> str:
    if row["parked_at"] is not None:
        return f"given up: {row['last_error']}"
    if row["sent_at"] is None:
        return f"waiting: {row['last_error']}" if row["last_error"] else "waiting"
    return "sent" if config_of().smtp_url else ""
