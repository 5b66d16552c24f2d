"""Every kind of mail, in one table: its subject, what it needs, and the page that its button leads to.

A kind has two templates of its name in ``templates/mail/``, ``<kind>.txt`` and ``<kind>.html``. To add one: a row here,
the two templates, an example of its context in ``tests/mail/examples.py``, and a call of `taskforge.mail.service.send`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class MailKind(StrEnum):
    """A kind: its name, its ``subject``, the names that its context must have, and the ``path`` of its link.

    ``subject`` and ``path`` may name values of the context. ``path`` may name ``{token}``: the kind is then sent with a
    `taskforge.mail.tokens.LinkToken`. The link is always below ``PUBLIC_URL``; templates have it as ``link``.
    ``actor_name`` is the value of the context that names who caused the mail, if one does: it is replaced when they
    delete their account (`taskforge.mail.erasing`).
    """

    subject: str
    needs: frozenset[str]
    path: str
    actor_name: str | None

    def __new__(
        cls,
        name: str,
        subject: str,
        needs: tuple[str, ...],
        path: str,
        actor_name: str | None = None,
    ) -> Self:
        """One row of the table."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.subject = subject
        kind.needs = frozenset(needs)
        kind.path = path
        kind.actor_name = actor_name
        return kind

    REGISTRATION = (
        "registration",
        "Confirm your address and begin with TaskForge",
        ("name",),
        "/register/confirm/{token}",
    )
    REGISTRATION_TAKEN = (
        "registration_taken",
        "You have a TaskForge account already",
        ("address",),
        "/password-reset",
    )
    PASSWORD_RESET = (
        "password_reset",
        "Set a new password for TaskForge",
        ("name",),
        "/password-reset/to/{token}",
    )
    PASSWORD_RESET_UNKNOWN = (
        "password_reset_unknown",
        "You have no TaskForge account with this address",
        ("address",),
        "/register",
    )
    PASSWORD_CHANGED = (
        "password_changed",
        "Your TaskForge password was changed",
        ("name", "at", "device"),
        "/password-reset",
    )

    ADDRESS_CONFIRM = (
        "address_confirm",
        "Confirm your address for TaskForge",
        ("name",),
        "/address/{token}",
    )
    ADDRESS_CHANGE = (
        "address_change",
        "Confirm your new address for TaskForge",
        ("name",),
        "/address/{token}",
    )
    ADDRESS_TAKEN = (
        "address_taken",
        "This address has a TaskForge account already",
        ("address",),
        "/login",
    )
    ADDRESS_CHANGED = (
        "address_changed",
        "Your TaskForge account has another address now",
        ("name", "address", "at", "device"),
        "/login",
    )
    LOG_IN_CHANGED = (
        "log_in_changed",
        "{what} in your TaskForge account",
        ("name", "what", "at", "device"),
        "/profile/two-factor",
    )
    NEW_DEVICE = (
        "new_device",
        "A new device logged in to your TaskForge account",
        ("name", "at", "device"),
        "/sessions/history",
    )
    TOKEN_CREATED = (
        "token_created",
        "A new API token was made in your TaskForge account",
        ("name", "token_name", "scope", "at", "device"),
        "/profile/tokens",
    )
    INVITATION = (
        "invitation",
        "{inviter} invites you to {team}",
        ("inviter", "team", "role", "until"),
        "/invitations/{token}",
        "inviter",
    )

    ACCOUNT_DELETED = (
        "account_deleted",
        "Your TaskForge account is deleted",
        ("at",),
        "/register",
    )
    TWO_FACTOR_REQUIRED = (
        "two_factor_required",
        "{team} requires two-factor log-in",
        ("name", "by", "team", "from_at"),
        "/profile/two-factor",
        "by",
    )
    # Its reader can end it by a link: ``end_path``.
    TEAM_WEEK = (
        "team_week",
        "The week of {team}, {week}",
        (
            "name",
            "team_id",
            "team",
            "day",
            "week",
            "summary",
            "forecast",
            "finished",
            "started",
            "arrived",
            "stuck",
            "open",
            "end_path",
        ),
        "/teams/{team_id}/week?day={day}",
    )

    @property
    def needs_token(self) -> bool:
        """Whether its link holds a one-time token."""
        return "{token}" in self.path


KINDS: dict[str, MailKind] = {kind.value: kind for kind in MailKind}
