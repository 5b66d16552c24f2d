"""Tokens of the links that end mails: who, what, and since when, sealed for this one purpose.

Whoever has the link can end these mails and nothing else, without logging in: mail programs do it for their users
(RFC 8058). A token tells nothing to who can't open it, is nobody else's, and holds on when the password changes.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from taskforge import clock
from taskforge.accounts.sealed_secrets import CannotOpen, open_sealed, seal
from taskforge.notification_kinds import find_kind

ALL = "all"  # in place of a kind: all mails of notifications
_WEEK = "week:"  # and behind it the id of a team: the mail of its weeks
LIFETIME = timedelta(days=120)
MAX_LENGTH = 200
_PURPOSE, _UNDO = "unsubscribe", "unsubscribe-undo"
UNDO_LIFETIME = timedelta(days=1)
_ID_BYTES, _DAY_BYTES = 16, 3


@dataclass(frozen=True)
class Unsubscription:
    """What a token is good for: the mails of one kind to a person, `ALL` of them, or those of a team's weeks."""

    user_id: str
    scope: str

    @property
    def team_id(self) -> str | None:
        """The team whose weeks are mailed; None for mails of notifications."""
        return self.scope.removeprefix(_WEEK) if self.scope.startswith(_WEEK) else None


def week_scope(team_id: str) -> str:
    """The scope of the mails of a team's weeks."""
    return _WEEK + team_id


def make_token(user_id: str, scope: str, *, undoes: bool = False) -> str:
    """A token that ends the mails of a scope: a kind, `ALL` or a `week_scope`; it takes that back if it `undoes`."""
    today = clock.now().date().toordinal().to_bytes(_DAY_BYTES, "big")
    sealed = seal(UUID(user_id).bytes + today + scope.encode(), _UNDO if undoes else _PURPOSE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(token: str, *, undoes: bool = False) -> Unsubscription:
    """What a token was made for.

    Raises:
        CannotOpen: it is none of these, too old, or of a kind that is none any more.
    """
    if len(token) > MAX_LENGTH or not token.isascii():
        raise CannotOpen
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise CannotOpen from None
    opened = open_sealed(sealed, _UNDO if undoes else _PURPOSE).secret
    user_id, rest = str(UUID(bytes=opened[:_ID_BYTES])), opened[_ID_BYTES:]
    made_on = date.fromordinal(int.from_bytes(rest[:_DAY_BYTES], "big"))
    scope = rest[_DAY_BYTES:].decode()
    lifetime = UNDO_LIFETIME if undoes else LIFETIME
    if clock.now().date() - made_on > lifetime or not _is_known(scope):
        raise CannotOpen
    return Unsubscription(user_id, scope)


def _is_known(scope: str) -> bool:
    return scope == ALL or scope.startswith(_WEEK) or find_kind(scope) is not None
