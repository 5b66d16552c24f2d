"""SQL of who watches a task: by their own choice, by a choice for its board, or because they take part in it.

Who created a task, has it, wrote on it or was mentioned in it watches it without a row of its own: that is asked when
something is to be told, so that none of these changes costs more for it.
"""

from __future__ import annotations

from enum import StrEnum

from taskforge.comments.queries import COMMENTS
from taskforge.notification_kinds import NotificationKind

MAX_AUTHORS = 50  # of comments of one task, who watch it because of them


class TaskChoice(StrEnum):
    """What somebody chose for a task; without a row they watch it if they take part in it, or watch its board."""

    WATCHING = "watching"
    IGNORED = "ignored"


class BoardChoice(StrEnum):
    """What somebody chose for a board; without a row they hear of the tasks that they watch."""

    WATCHING = "watching"
    MUTED = "muted"


# The ids of those who take part in the task `k`.
_PARTICIPANTS = f"""
               SELECT k.created_by AS user_id
               UNION
               SELECT k.assignee_id
               UNION
               (SELECT DISTINCT c.author_id
                FROM   {COMMENTS}
                WHERE  c.task_id = k.task_id AND c.deleted_at IS NULL
                LIMIT  {MAX_AUTHORS})
               UNION
               SELECT n.user_id
               FROM   notifications n
               WHERE  n.kind = '{NotificationKind.MENTIONED}' AND n.payload ->> 'task_id' = CAST(k.task_id AS text)
"""
# Those who may watch the task `k` of the board `b`, as ``w.user_id``, before what they chose is asked.
CANDIDATES = f"""
           CROSS JOIN LATERAL (
               {_PARTICIPANTS}
               UNION
               SELECT tw.user_id
               FROM   task_watches tw
               WHERE  tw.task_id = k.task_id AND tw.choice = '{TaskChoice.WATCHING}'
               UNION
               SELECT bw.user_id
               FROM   board_watches bw
               WHERE  bw.board_id = b.board_id AND bw.choice = '{BoardChoice.WATCHING}') w
"""


def chosen_for_task(user_id: str) -> str:
    """SQL of what a person, whose id `user_id` gives, chose for the task `k`; NULL for nothing."""
    return f"(SELECT tw.choice FROM task_watches tw WHERE tw.task_id = k.task_id AND tw.user_id = {user_id})"


def chosen_for_board(user_id: str) -> str:
    """SQL of what a person chose for the board `b`; NULL for nothing."""
    return f"(SELECT bw.choice FROM board_watches bw WHERE bw.board_id = b.board_id AND bw.user_id = {user_id})"


def is_heard(user_id: str) -> str:
    """SQL of the condition that a candidate hears of the task `k`: a choice for it stands above one for its board."""
    of_board = f"coalesce({chosen_for_board(user_id)} <> '{BoardChoice.MUTED}', true)"
    return f"""
           CASE {chosen_for_task(user_id)}
                WHEN '{TaskChoice.WATCHING}' THEN true
                WHEN '{TaskChoice.IGNORED}' THEN false
                ELSE {of_board} END"""
