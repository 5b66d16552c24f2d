"""Every kind of mail, in one table: its subject, what it needs, and the page that its button leads to.

A kind has two templates of its name in ``templates/mail/``, ``<kind>.txt`` and ``<kind>.html``. To add one: a row here,
the two templates, an example of its context in ``tests/mail/examples.py``, and a call of `taskforge.mail.service.send`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class MailKind(StrEnum):
    """A kind: its name, its ``subject``, the names that its context must have, and the ``path`` of its link.

    ``subject`` may name values of the context. ``path`` may name ``{token}``, and then the kind is sent with a
    `taskforge.mail.tokens.LinkToken`. The link is always below ``PUBLIC_URL``; templates have it as ``link``.
    """

    subject: str
    needs: frozenset[str]
    path: str

    def __new__(cls, name: str, subject: str, needs: tuple[str, ...], path: str) -> Self:
        """One row of the table."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.subject = subject
        kind.needs = frozenset(needs)
        kind.path = path
        return kind

    PASSWORD_CHANGED = (
        "password_changed",
        "Your TaskForge password was changed",
        ("name", "at", "device"),
        "/login",
    )

    @property
    def needs_token(self) -> bool:
        """Whether its link holds a one-time token."""
        return "{token}" in self.path


KINDS: dict[str, MailKind] = {kind.value: kind for kind in MailKind}
