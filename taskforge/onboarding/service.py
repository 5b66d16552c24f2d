"""Use cases of somebody's first minutes: a team of their own with a sample board, and throwing the sample away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from taskforge.boards.access import lock_board
from taskforge.boards.creation import insert_board
from taskforge.errors import Conflict
from taskforge.ids import new_id
from taskforge.onboarding import tutorial
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.bulk.batches import NewTask, delete_tasks, insert_tasks
from taskforge.tasks.editing.placement import places_at_end
from taskforge.teams.creation import insert_team
from taskforge.teams.permissions import Permission

MAX_NAME_LENGTH = 70  # of the team's 80 characters
NO_NEWCOMER = "You have a team already."


@idempotent
def create_home(actor: Actor) -> Change:
    """Give somebody who is in no team one of their own, with a sample board, in one unit of work.

    ``extra`` holds the ``board_id`` and ``column_id`` where their first card goes; both are missing when they are in
    a team already.

    Raises:
        Conflict: they came into a team at this moment.
    """
    person = sql.row(_PERSON, {"user_id": actor.user_id})
    if person is None or person["teams"]:
        return unchanged(actor, entity_id=actor.user_id, version=0)
    first_name = person["display_name"].split()[0]
    cards = tutorial.write_cards(first_name, actor.user_id)
    team_id, board_id = new_id(), new_id()
    extra = {"board_id": board_id}
    with UnitOfWork(actor, entity_id=team_id, version=1, extra=extra) as uow:
        _require_newcomer(uow)
        name = f"{first_name[:MAX_NAME_LENGTH]}’s team"
        insert_team(uow, team_id=team_id, name=name, description="", parent_team_id=None)
        total = sum(map(len, cards.values()))
        columns = insert_board(
            uow, board_id=board_id, team_id=team_id, name=tutorial.BOARD, sample_cards=total
        )
        uow.answer(column_id=columns[0]["column_id"])
        by_status = {column["status"]: column["column_id"] for column in columns}
        _insert_cards(uow, board_id, by_status, cards)
    return uow.change


@idempotent
def start_empty(actor: Actor, *, board_id: str) -> Change:
    """Put what is left of a sample board's tutorial into the trash; cards of one's own stay.

    The change's ``event_id`` is what `undo_batch` takes; None when nothing was left.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission ``task.delete``.
    """
    return delete_tasks(
        actor,
        board_id=board_id,
        list_ids=lambda: _list_tutorial(board_id),
        permission=Permission.TASK_DELETE,
    )


def is_sample_board(board: sql.Row) -> bool:
    """Whether a board, given as `access_board` reads it, still has a card of its tutorial to be done."""
    if not board["sample_cards"]:
        return False
    return bool(sql.scalar(_UNDONE, {"board_id": board["board_id"]}))


def _list_tutorial(board_id: str) -> list[str]:
    return [row["task_id"] for row in sql.rows(_TUTORIAL, {"board_id": board_id})]


def _insert_cards(
    uow: UnitOfWork,
    board_id: str,
    columns: Mapping[str, str],
    cards: Mapping[str, Sequence[NewTask]],
) -> None:
    total = sum(map(len, cards.values()))
    board = lock_board(uow, board_id, Permission.TASK_CREATE, numbers=total, changes=total)
    done = 0
    for status, new_tasks in cards.items():
        places = places_at_end(uow, board, column_id=columns[status], number=len(new_tasks))
        ids = [new_id() for _ in new_tasks]
        insert_tasks(uow, board.at(done), places, new_tasks, ids=ids)
        done += len(new_tasks)


def _require_newcomer(uow: UnitOfWork) -> None:
    """Let only one of two sign-ups of the same person that run at once found a team."""
    user = {"user_id": uow.actor.user_id}
    uow.execute(text("SELECT 1 FROM users WHERE user_id = :user_id FOR NO KEY UPDATE"), user)
    if uow.row(text("SELECT 1 FROM team_memberships WHERE user_id = :user_id LIMIT 1"), user):
        raise Conflict(NO_NEWCOMER)


_PERSON = text(
    "SELECT u.display_name, EXISTS (SELECT 1 FROM team_memberships m WHERE m.user_id = u.user_id) AS teams"
    " FROM users u WHERE u.user_id = :user_id"
)
_OF_TUTORIAL = (
    " FROM boards b JOIN tasks k ON k.board_id = b.board_id AND k.number <= b.sample_cards"
    " WHERE b.board_id = :board_id AND k.deleted_at IS NULL"
)
_TUTORIAL = text(f"SELECT k.task_id{_OF_TUTORIAL}")
_UNDONE = text(f"SELECT EXISTS (SELECT 1{_OF_TUTORIAL} AND k.status <> 'done')")
