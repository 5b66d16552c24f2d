"""The use cases of somebody who works through their inbox: put off, archive, take back, mark as unread.

They are not audited, like `service.mark_read`: nobody else sees any of it. Each is one statement that may run twice.
A line that is put off or archived counts as read; what was unread is so again when that is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import TextClause, text

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.notifications.service import publish_unread
from taskforge.notifications.states import InboxState, is_in
from taskforge.stores import sql
from taskforge.stores.actor import Actor

MAX_SNOOZE = timedelta(days=366)
TOO_EARLY = "must be a time that is still to come"
TOO_LATE = "must be a time within a year from now"

_ARCHIVE = """
    archived_at = :at, read_at = coalesce(read_at, :at), snoozed_until = NULL, snoozed_at = NULL
"""
_UNARCHIVE = "archived_at = NULL, read_at = nullif(read_at, archived_at)"
# A line that is put off once more stays one that was unread.
_SNOOZE = """
    snoozed_until = :until, snoozed_at = :at, archived_at = NULL,
    read_at = CASE WHEN read_at IS NULL OR read_at = snoozed_at THEN :at ELSE read_at END
"""
_UNSNOOZE = "snoozed_until = NULL, snoozed_at = NULL, read_at = NULL"
_UNDO_SNOOZE = "snoozed_until = NULL, snoozed_at = NULL, read_at = nullif(read_at, snoozed_at)"
_ONE_LINE = "notification_id = :notification_id"
_OF_CARD = "payload ->> 'task_id' = :task_id"


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Which lines of the actor's inbox: one, or those that are about a card."""

    notification_id: str | None = None
    task_id: str | None = None


def archive(actor: Actor, lines: Lines) -> datetime:
    """Archive a line, or what the inbox holds of a card; answers the instant by which it is taken back."""
    at = clock.now()
    condition = f"archived_at IS NULL AND {_is_meant(lines, InboxState.INBOX)}"
    _change(actor, lines, _ARCHIVE, condition, at=at)
    return at


def unarchive(actor: Actor, lines: Lines, *, at: datetime | None = None) -> None:
    """Bring what was archived (all of it, or what was at that instant) back; what was unread is unread again."""
    condition = (
        "archived_at IS NOT NULL AND (CAST(:at AS timestamptz) IS NULL OR archived_at = :at)"
    )
    _change(actor, lines, _UNARCHIVE, condition, at=at)


def snooze(
    actor: Actor, lines: Lines, *, until: datetime, state: InboxState = InboxState.INBOX
) -> datetime:
    """Put a line, or what a card has in the inbox (or of what is put off already), off until an instant.

    Then it comes back as unread (`snoozes.return_due`). Answers the instant by which it is taken back.

    Raises:
        InvalidInput: `until` is past, or more than a year away.
    """
    at = clock.now()
    if until <= at:
        raise InvalidInput.about("until", TOO_EARLY)
    if until > at + MAX_SNOOZE:
        raise InvalidInput.about("until", TOO_LATE)
    _change(actor, lines, _SNOOZE, _is_meant(lines, state), at=at, until=until)
    return at


def unsnooze(actor: Actor, lines: Lines, *, at: datetime | None = None) -> datetime | None:
    """Bring what was put off back as unread, or as it was before, if it was put off at the instant `at`.

    Answers until when it was put off, the latest of several; None where nothing was.
    """
    condition = "snoozed_until IS NOT NULL"
    which, parameters = _meant(actor, lines)
    until: datetime | None = sql.scalar(_snoozed_until(which), parameters)
    if at is None:
        _change(actor, lines, _UNSNOOZE, condition)
    else:
        _change(actor, lines, _UNDO_SNOOZE, f"{condition} AND snoozed_at = :at", at=at)
    return until


def mark_unread(actor: Actor, lines: Lines) -> None:
    """Mark a line, or the lines that the inbox holds of a card, as unread."""
    _change(actor, lines, "read_at = NULL", is_in(InboxState.INBOX))


def _is_meant(lines: Lines, state: InboxState) -> str:
    """A line is meant in whichever state it is; of a card only what the list shows."""
    return "true" if lines.notification_id is not None else is_in(state)


def _change(
    actor: Actor, lines: Lines, change: str, condition: str, **parameters: datetime | None
) -> None:
    which, meant = _meant(actor, lines)
    sql.execute_now(_statement(change, f"{which} AND {condition}"), {**meant, **parameters})
    publish_unread({actor.user_id: ()})


def _meant(actor: Actor, lines: Lines) -> tuple[str, dict[str, str | None]]:
    """The condition of the lines of the actor that are meant, and its parameters."""
    given = {"notification_id": lines.notification_id, "task_id": lines.task_id}
    which = _OF_CARD if lines.notification_id is None else _ONE_LINE
    return which, {"user_id": actor.user_id, **given}


@cache
def _statement(change: str, condition: str) -> TextClause:
    return text(f"""
        UPDATE notifications n
        SET    {change}
        WHERE  user_id = :user_id AND {condition}
    """)


@cache
def _snoozed_until(which: str) -> TextClause:
    return text(f"""
        SELECT max(snoozed_until)
        FROM   notifications n
        WHERE  user_id = :user_id AND {which}
    """)
