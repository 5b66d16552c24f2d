"""The exceptions of the application: one for each way in which a caller can react to a failure.

Services raise these; the web layer turns them into an answer (a JSON error for the API, a page or
a partial for a browser).  Nothing here knows about HTTP beyond the status number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

OTHER_HOST = "This server does not answer to that host name."


class TaskForgeError(Exception):
    """A failure that has a public explanation.

    ``message`` is shown to the person and says what to do next; ``fields`` maps the name of
    an input to the sentence about that input.  Neither may hold a secret.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    default_message: ClassVar[str] = "Something went wrong on our side. Please try again."

    def __init__(self, message: str | None = None, fields: Mapping[str, str] | None = None) -> None:
        self.message = message if message is not None else self.default_message
        self.fields: dict[str, str] = dict(fields or {})
        super().__init__(self.message)

    def as_dict(self) -> dict[str, object]:
        """The body of the API's ``error`` member: code, message and, where known, fields."""
        body: dict[str, object] = {"code": self.code, "message": self.message}
        if self.fields:
            body["fields"] = dict(self.fields)
        return body


class Malformed(TaskForgeError):
    """The request cannot be read at all; sending it again unchanged cannot help."""

    status = 400
    code = "malformed"
    default_message = "The request could not be understood."


class NotAuthenticated(TaskForgeError):
    """Nobody is logged in, or the session has ended."""

    status = 401
    code = "unauthenticated"
    default_message = "Please log in to continue."


class Suspended(NotAuthenticated):
    """The person's account is suspended; ``reason`` is what the administrator wrote, if anything."""

    code = "suspended"
    default_message = (
        "Your account is suspended. Ask an administrator of this TaskForge to lift the suspension."
    )

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(
            f"{self.default_message} They gave this reason: {reason}" if reason else None
        )
        self.reason = reason


class Forbidden(TaskForgeError):
    """The person may see the object but may not do this with it."""

    status = 403
    code = "forbidden"
    default_message = "You do not have permission to do this."


class ConfirmationRequired(Forbidden):
    """The person has not proved lately that it is them; ``problem`` is what was wrong with their try, if any."""

    code = "confirmation_required"
    default_message = "Please confirm that it is you, then send this again."

    def __init__(self, problem: TaskForgeError | None = None) -> None:
        super().__init__()
        self.problem = problem


class TwoFactorRequired(Forbidden):
    """The person's team lets in only who has two-factor log-in, and they have none; ``team_id`` and its name."""

    code = "two_factor_required"

    def __init__(self, team_id: str, team_name: str) -> None:
        super().__init__(
            f"The team “{team_name}” requires two-factor log-in. Turn it on in your profile, then come back."
        )
        self.team_id, self.team_name = team_id, team_name


class NotFound(TaskForgeError):
    """The object does not exist, or the person may not know that it does: one answer for both."""

    status = 404
    code = "not_found"
    default_message = "There is nothing here, or you do not have access to it."


class MethodNotAllowed(TaskForgeError):
    """The address exists but does not take this HTTP method."""

    status = 405
    code = "method_not_allowed"
    default_message = "This address does not support that method."


class Conflict(TaskForgeError):
    """The change contradicts the present state.

    ``current`` is the state as it is now, in the form the caller would have read it (for the API:
    what its answer holds), or None when showing it would not help.
    """

    status = 409
    code = "conflict"
    default_message = "This was changed in the meantime. Reload it and try again."

    def __init__(
        self,
        message: str | None = None,
        fields: Mapping[str, str] | None = None,
        *,
        current: object = None,
    ) -> None:
        super().__init__(message, fields)
        self.current = current

    def as_dict(self) -> dict[str, object]:
        """The body of the API's ``error`` member, with the present state if it is known."""
        body = super().as_dict()
        if self.current is not None:
            body["current"] = self.current
        return body


@dataclass(frozen=True, kw_only=True)
class FieldConflict:
    """One field that two people changed: the value of each, and the one from which both began.

    ``by_id`` and ``at`` say who changed it last, and when; None for the program itself.
    """

    mine: Any
    theirs: Any
    base: Any
    by_id: str | None
    at: datetime


class Archived(Conflict):
    """The board or the team is archived: it can be read, and nothing in it can be changed."""

    code = "archived"
    default_message = "This is archived: it can be read, but not changed. Unarchive it first."


class StaleVersion(Conflict):
    """The caller edited an older version than the one that is stored.

    ``conflicts`` are the fields that stand against each other, if these are known; ``settled`` is what would be made of
    the caller's other changes. Nothing of them is stored.
    """

    code = "stale_version"
    default_message = "Someone else changed this while you were editing it."

    def __init__(
        self,
        message: str | None = None,
        fields: Mapping[str, str] | None = None,
        *,
        current: object = None,
        conflicts: Mapping[str, FieldConflict] | None = None,
        settled: Mapping[str, Any] | None = None,
        shown_conflicts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, fields, current=current)
        self.conflicts, self.settled = dict(conflicts or {}), dict(settled or {})
        self._shown_conflicts = shown_conflicts

    def as_dict(self) -> dict[str, object]:
        """The body of the API's ``error`` member, with the conflicts as the API shows them."""
        body = super().as_dict()
        if self._shown_conflicts:
            body["conflicts"] = dict(self._shown_conflicts)
        return body


class WipLimitReached(Conflict):
    """The column holds as many tasks as its limit allows, and its board's limits are hard.

    ``overridable`` says that this person may move a task there all the same, by asking for it (``anyway``).
    """

    code = "wip_limit"
    default_message = "This column is full."

    def __init__(self, message: str | None = None, *, overridable: bool = False) -> None:
        super().__init__(message)
        self.overridable = overridable

    def as_dict(self) -> dict[str, object]:
        """The body of the API's ``error`` member, with whether the limit can be overridden."""
        return {**super().as_dict(), "overridable": self.overridable}


class ClientLeft(TaskForgeError):
    """Whoever asked has closed the connection: the answer would reach nobody."""

    status = 499  # as web servers note it; it is never sent
    code = "client_left"
    default_message = "The connection was closed before the answer was ready."


class TooLarge(TaskForgeError):
    """The body is bigger than this address accepts."""

    status = 413
    code = "too_large"
    default_message = "The request is too large."


class UnsupportedType(TaskForgeError):
    """The body is in a format that this address does not read."""

    status = 415
    code = "unsupported_type"
    default_message = "This address does not accept that content type."


class InvalidInput(TaskForgeError):
    """The request was understood, but one or more values cannot be accepted."""

    status = 422
    code = "invalid"
    default_message = "Please correct the marked fields."

    @classmethod
    def about(cls, field: str, problem: str) -> InvalidInput:
        """The error of one field; ``problem`` completes a sentence that begins with its name.

        ``about("firstName", "is required")`` says "First name is required.", and a field such as ``due_at`` or
        ``assigneeId`` is called "Due" or "Assignee", as its label is.
        """
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", field).replace("_", " ").strip().lower()
        words = re.sub(r" (?:at|id)$", "", words)
        sentence = f"{words[:1].upper()}{words[1:]} {problem}."
        return cls(sentence, {field: sentence})


class _RetryLater(TaskForgeError):
    """A failure that passes with time; ``retry_after`` is in whole seconds, at least 1."""

    default_retry_after: ClassVar[int] = 1

    def __init__(
        self,
        message: str | None = None,
        fields: Mapping[str, str] | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, fields)
        self.retry_after = max(1, retry_after or self.default_retry_after)


class RateLimited(_RetryLater):
    """The caller used up their allowance for now."""

    status = 429
    code = "rate_limited"
    default_message = "Too many requests. Please wait a moment and try again."
    default_retry_after = 60


class Unavailable(_RetryLater):
    """A part of the system that this request needs does not answer; nothing was changed."""

    status = 503
    code = "unavailable"
    default_message = "This is not available right now. Please try again in a moment."
    default_retry_after = 5
