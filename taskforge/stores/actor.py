"""Who is asking: what every service gets instead of a request."""

from __future__ import annotations

from dataclasses import dataclass


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


NOBODY = "00000000-0000-0000-0000-000000000000"
ITSELF = Actor(user_id=NOBODY, user_agent="TaskForge")
"""The actor of what TaskForge does unasked, such as emptying the trash."""
