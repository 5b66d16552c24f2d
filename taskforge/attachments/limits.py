"""How large and how many attached files may be: settings, and the sentences with which more is refused."""

from __future__ import annotations

from taskforge.attachments.content_types import FIELD
from taskforge.attachments.queries import get_usage
from taskforge.errors import Conflict, InvalidInput, TooLarge
from taskforge.extensions import config_of

MB = 1024 * 1024
MISSING = "is missing: choose a file"
EMPTY = "is empty: there is nothing in it"


def require_size(name: str, size: int) -> None:
    """Refuse a file by its size.

    Raises:
        InvalidInput: there is none, or it is empty.
        TooLarge: it is larger than the setting ``ATTACHMENT_MAX_MB``.
    """
    if size == 0:
        raise InvalidInput.about(FIELD, EMPTY if name else MISSING)
    config = config_of()
    if size > config.attachment_max_bytes:
        raise TooLarge(
            f"The file is larger than {config.attachment_max_mb} MB, so it can’t be attached."
        )


def require_count(count: int) -> None:
    """Refuse one more file of a task that has `count`, those of its comments among them.

    Raises:
        Conflict: it has as many as the setting ``ATTACHMENTS_PER_TASK`` allows.
    """
    most = config_of().attachments_per_task
    if count >= most:
        raise Conflict(
            f"A task can have at most {most} files, those of its comments among them. Delete some first."
        )


def require_quota(team_id: str, size: int) -> None:
    """Refuse early what the team has no space for; the exact decision is made under its lock.

    Raises:
        Conflict: `too_full`.
    """
    if get_usage(team_id)["bytes_stored"] + size > quota_bytes():
        raise too_full()


def quota_bytes() -> int:
    """How many bytes a team may store, the trash among them."""
    return config_of().attachment_team_mb * MB


def too_full() -> Conflict:
    """The refusal of a file for which the team has no space."""
    return Conflict(
        f"The files of this team would take more than {config_of().attachment_team_mb:,} MB."
        " Deleted files count for 30 days."
    )
