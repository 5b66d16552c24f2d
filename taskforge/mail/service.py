"""Mail: `send` writes the intent of a mail into the transaction of the change that causes it.

    with UnitOfWork(actor, ...) as uow:
        event_id = uow.record(Event.USER_PASSWORD_CHANGED, ...)
        mail.send(uow, MailKind.PASSWORD_CHANGED, event_id=event_id, to=address, context={"name": ..., ...})

The mail job (`taskforge.mail.jobs`) renders and sends it after COMMIT. A link with a one-time token: make it by
`taskforge.mail.tokens.make_token`, store its ``hash`` in the table that knows what it is good for, and give it as
``token``; the kind's path has the place for it. Kinds: `taskforge.mail.kinds`.

Where no mail can be sent (`is_available`: production without ``SMTP_URL``) `send` writes nothing and answers False; the
page then offers another way. In development without ``SMTP_URL`` mails end in the mailbox page.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.mail.kinds import MailKind
from taskforge.mail.queries import INSERT, UNPARK
from taskforge.mail.tokens import LinkToken
from taskforge.messaging import queues
from taskforge.stores.unit_of_work import UnitOfWork

Value = str | int | datetime


def is_available() -> bool:
    """Whether mails reach anybody: by a server, or in development by the mailbox page."""
    config = config_of()
    return bool(config.smtp_url) or not config.is_production


def send(
    uow: UnitOfWork,
    kind: MailKind,
    *,
    event_id: str,
    to: str,
    context: Mapping[str, Value],
    token: LinkToken | None = None,
    expires_at: datetime | None = None,
) -> bool:
    """Send a mail to an address, if the transaction commits; False where no mail can be sent.

    `event_id` is the audit event that causes it, `context` what the kind needs, and no more: lines, numbers and
    instants. A mail that could not be sent until `expires_at` is not sent any more.

    Raises:
        ValueError: the address or a value has a control character (such as CR or LF), or the context or the token is
            not what the kind needs. An error of the caller: what people type is cleaned before.
    """
    intent = Intent(kind, to, context, at=uow.at, expires_at=expires_at)
    row = _row_of(intent, token, event_id)
    if not is_available():
        return False
    uow.execute(INSERT, row)
    if config_of().smtp_url:
        uow.wake(queues.MAIL)
    return True


@dataclass(frozen=True)
class Intent:
    """A mail that a job writes in a transaction of its own; no change of a person causes it."""

    kind: MailKind
    to: str
    context: Mapping[str, Value]
    at: datetime = field(kw_only=True)
    expires_at: datetime | None = field(kw_only=True)


def insert_intent(connection: Connection, intent: Intent) -> None:
    """Send a mail if the transaction commits; its caller wakes the queue. Raises like `send`."""
    mail_id = new_id()
    connection.execute(INSERT, {**_row_of(intent, None, mail_id), "mail_id": mail_id})


def _row_of(intent: Intent, token: LinkToken | None, event_id: str) -> dict[str, object]:
    _check(intent.kind, intent.to, intent.context, token)
    has_server = bool(config_of().smtp_url)
    return {
        "mail_id": new_id(),
        "event_id": event_id,
        "kind": intent.kind.value,
        "to_address": intent.to,
        "context": json.dumps({name: _as_json(value) for name, value in intent.context.items()}),
        "token_seed": token.seed if token else None,
        "token_hash": token.hash if token else None,
        "at": intent.at,
        "expires_at": intent.expires_at,
        "sent_at": None if has_server else intent.at,  # the mailbox page has it at once
    }


def _check(kind: MailKind, to: str, context: Mapping[str, Value], token: LinkToken | None) -> None:
    if context.keys() != kind.needs:
        raise ValueError(f"{kind} needs {sorted(kind.needs)}, not {sorted(context)}")
    if kind.needs_token != (token is not None):
        raise ValueError(f"{kind} is sent with a token exactly if its path names one")
    for value in (to, *context.values()):
        if isinstance(value, str) and any(unicodedata.category(each) == "Cc" for each in value):
            raise ValueError(
                "a mail's address and its values are lines, without control characters"
            )


def _as_json(value: Value) -> str | int:
    return value.isoformat() if isinstance(value, datetime) else value


def send_again(uow: UnitOfWork, mail_id: str) -> bool:
    """Let a mail that was given up be tried anew, if the transaction commits; False if it is none of those."""
    is_waiting = uow.execute(UNPARK, {"ids": [mail_id]}).rowcount == 1
    if is_waiting and config_of().smtp_url:
        uow.wake(queues.MAIL)
    return is_waiting
