"""Use cases of onboarding: create a first team with a sample board, and remove the sample cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskforge.accounts.queries import LOCK_PERSON
from taskforge.boards.access import lock_board
from taskforge.boards.creation import insert_board
from taskforge.errors import Conflict
from taskforge.ids import new_id
from taskforge.onboarding import tutorial
from taskforge.onboarding.queries import (
    ANY_MEMBERSHIP,
    HAS_OPEN_TUTORIAL_TASK,
    NEWCOMER,
    TUTORIAL_TASK_IDS,
)
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
    """Create a team with a sample board for a person who is in no team, in one unit of work.

    ``extra`` holds the ``board_id`` and ``column_id`` where their first card goes; both are missing when they are in
    a team already.

    Raises:
        Conflict: they joined a team after the check.
    """
    person = sql.row(NEWCOMER, {"user_id": actor.user_id})
    if person is None or person["is_in_a_team"]:
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
    """Put the remaining tutorial cards of a sample board into the trash; other cards stay.

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
    return bool(sql.scalar(HAS_OPEN_TUTORIAL_TASK, {"board_id": board["board_id"]}))


def _list_tutorial(board_id: str) -> list[str]:
    return [row["task_id"] for row in sql.rows(TUTORIAL_TASK_IDS, {"board_id": board_id})]


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
    """Let only one of two concurrent requests of the same person create a team."""
    user = {"user_id": uow.actor.user_id}
    uow.execute(LOCK_PERSON, user)
    if uow.row(ANY_MEMBERSHIP, user):
        raise Conflict(NO_NEWCOMER)
