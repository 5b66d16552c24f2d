"""Who is asking: what every service gets instead of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# What the new state of an audit event says beside the fields that it changed: the token by which somebody acted.
BY_PROGRAM = "by_token"


@dataclass(frozen=True)
class UsedToken:
    """An API token, by the id and the name that it has when it is used."""

    token_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The acting user and the circumstances that the audit log keeps.

    ``op_id`` is the client's id for this change (a UUID) and ``op_fingerprint`` a hash of what it asked for: the
    same id with the same fingerprint is a retry, with another one it is a mistake of the client.
    """

    user_id: str
    ip: str | None = None
    user_agent: str | None = None
    op_id: str | None = None
    op_fingerprint: bytes | None = None
    session_id: str | None = None
    token: UsedToken | None = None

    def signed(self, state: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """The new state of an event with the note of the token by which the actor acts, if they use one."""
        return state if self.token is None else {**(state or {}), BY_PROGRAM: asdict(self.token)}


NOBODY = "00000000-0000-0000-0000-000000000000"
ITSELF = Actor(user_id=NOBODY, user_agent="TaskForge")
"""The actor of what TaskForge does unasked, such as emptying the trash."""
