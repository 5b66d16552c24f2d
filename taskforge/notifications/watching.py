"""What somebody watches: a task, a board, and boards that they have muted.

None of it is audited, as read marks and view preferences are not: it is for its person alone, changes nothing that
anybody else sees, and nobody else may change it.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import text

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.queries import join_board
from taskforge.comments.queries import COMMENTS
from taskforge.notification_kinds import NotificationKind
from taskforge.notifications.watch_queries import (
    BoardChoice,
    TaskChoice,
    chosen_for_board,
    chosen_for_task,
)
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.access import access_task
from taskforge.tasks.queries import TASKS

_CHOOSE_TASK = text("""
    INSERT INTO task_watches (task_id, user_id, choice, chosen_at)
    VALUES (:task_id, :user_id, :choice, :at)
    ON CONFLICT (task_id, user_id) DO UPDATE
    SET    choice = excluded.choice, chosen_at = excluded.chosen_at
""")
_CHOOSE_BOARD = text("""
    INSERT INTO board_watches (board_id, user_id, choice, chosen_at)
    VALUES (:board_id, :user_id, :choice, :at)
    ON CONFLICT (board_id, user_id) DO UPDATE
    SET    choice = excluded.choice, chosen_at = excluded.chosen_at
""")
_FORGET_BOARD = text("""
    DELETE FROM board_watches
    WHERE  board_id = :board_id AND user_id = :user_id
""")
_OF_BOARD = prepared("""
    SELECT choice
    FROM   board_watches
    WHERE  board_id = :board_id AND user_id = :user_id
""")


def watching_column(user_id: str) -> str:
    """SQL of a column ``is_watching``: whether a person hears of the task `k` of the board `b`."""
    return f"""
           CASE coalesce({chosen_for_task(user_id)}, {chosen_for_board(user_id)})
                WHEN '{TaskChoice.WATCHING}' THEN true
                WHEN '{TaskChoice.IGNORED}' THEN false
                WHEN '{BoardChoice.MUTED}' THEN false
                ELSE k.created_by = {user_id} OR coalesce(k.assignee_id = {user_id}, false)
                     OR EXISTS (SELECT
                                FROM   {COMMENTS}
                                WHERE  c.task_id = k.task_id AND c.author_id = {user_id} AND c.deleted_at IS NULL)
                     OR EXISTS (SELECT
                                FROM   notifications n
                                WHERE  n.user_id = {user_id} AND n.kind = '{NotificationKind.MENTIONED}'
                                       AND n.payload ->> 'task_id' = CAST(k.task_id AS text))
           END AS is_watching
"""


# The same of the user ``u``, for a query that is joined to them.
IS_WATCHING = watching_column("u.user_id")
_OF_TASK = prepared(f"""
    SELECT {watching_column(":user_id")}
    FROM   {TASKS}
           {join_board("k.board_id")}
    WHERE  k.task_id = :task_id
""")


class BoardWatchState(NamedTuple):
    """What somebody hears of a board: of all its tasks, of none but those that name them, or as they take part."""

    is_watching: bool
    is_muted: bool


def watch_task(actor: Actor, task_id: str) -> None:
    """Have the actor hear of a task, also on a board that they have muted.

    Raises:
        NotFound: no such task, in the trash, or not visible.
    """
    _choose_for_task(actor, task_id, TaskChoice.WATCHING)


def unwatch_task(actor: Actor, task_id: str) -> None:
    """Have the actor hear of a task no more, whatever part they take in it, but by what names them.

    Raises:
        NotFound: no such task, in the trash, or not visible.
    """
    _choose_for_task(actor, task_id, TaskChoice.IGNORED)


def watch_board(actor: Actor, board_id: str) -> None:
    """Have the actor hear of all tasks of a board. Raises NotFound for a board that they don't see."""
    _choose_for_board(actor, board_id, BoardChoice.WATCHING)


def mute_board(actor: Actor, board_id: str) -> None:
    """Have the actor hear of a board no more, but by what names them and of tasks that they chose to watch.

    Raises NotFound for a board that they don't see.
    """
    _choose_for_board(actor, board_id, BoardChoice.MUTED)


def reset_board(actor: Actor, board_id: str, choice: BoardChoice | None = None) -> None:
    """Take back what the actor chose for a board, or that one choice only. Raises NotFound for one they don't see."""
    state = get_board_watch(actor, board_id)
    is_chosen = {BoardChoice.WATCHING: state.is_watching, BoardChoice.MUTED: state.is_muted}
    if choice is None or is_chosen[choice]:
        sql.execute_now(_FORGET_BOARD, {"board_id": board_id, "user_id": actor.user_id})


def is_watching_task(actor: Actor, task_id: str) -> bool:
    """Whether the actor hears of a task, by their choice or because they take part in it.

    Raises:
        NotFound: no such task, or not visible.
    """
    access_task(actor.user_id, task_id, deleted=True)
    return bool(sql.scalar(_OF_TASK, {"task_id": task_id, "user_id": actor.user_id}))


def get_board_watch(actor: Actor, board_id: str) -> BoardWatchState:
    """What the actor chose for a board.

    Raises:
        NotFound: no such board, or not visible.
    """
    access_board(actor.user_id, board_id)
    choice = sql.scalar(_OF_BOARD, {"board_id": board_id, "user_id": actor.user_id})
    return BoardWatchState(choice == BoardChoice.WATCHING, choice == BoardChoice.MUTED)


def _choose_for_task(actor: Actor, task_id: str, choice: TaskChoice) -> None:
    access_task(actor.user_id, task_id)
    of_task = {"task_id": task_id, "user_id": actor.user_id}
    sql.execute_now(_CHOOSE_TASK, {**of_task, "choice": choice, "at": clock.now()})


def _choose_for_board(actor: Actor, board_id: str, choice: BoardChoice) -> None:
    access_board(actor.user_id, board_id)
    of_board = {"board_id": board_id, "user_id": actor.user_id}
    sql.execute_now(_CHOOSE_BOARD, {**of_board, "choice": choice, "at": clock.now()})
