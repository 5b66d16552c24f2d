"""Use cases of boards: create with default columns, list, edit, delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.creation import insert_board
from taskforge.errors import Conflict, StaleVersion
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, hold_membership
from taskforge.teams.creation import insert_team, require_parent

BOARDS_PER_TEAM = 50


@idempotent
def create_team(
    actor: Actor, *, name: str, description: str = "", parent_team_id: str | None = None
) -> Change:
    """Create a team with the actor as its admin, and its first board; ``extra`` holds the ``board_id``.

    Raises:
        InvalidInput: the parent is not a team that the actor may edit.
        Conflict: the actor is in too many teams.
    """
    require_parent(actor, parent_team_id)
    team_id, board_id = new_id(), new_id()
    with UnitOfWork(actor, entity_id=team_id, version=1, extra={"board_id": board_id}) as uow:
        insert_team(
            uow, team_id=team_id, name=name, description=description, parent_team_id=parent_team_id
        )
        insert_board(uow, board_id=board_id, team_id=team_id, name=name[:80])
    return uow.change


@idempotent
def create_board(actor: Actor, team_id: str, *, name: str) -> Change:
    """Create a board with the five default columns.

    Raises:
        NotFound, Forbidden: no access to the team, or no permission ``board.create``.
        Conflict: the team has too many boards.
    """
    access_team(actor.user_id, team_id, "board.create")
    board_id = new_id()
    with UnitOfWork(actor, entity_id=board_id, version=1) as uow:
        # The team's row is locked so that two boards can't take the same key prefix.
        uow.execute(
            text("SELECT 1 FROM teams WHERE team_id = :team_id FOR UPDATE"), {"team_id": team_id}
        )
        hold_membership(uow, team_id, "board.create")
        count = uow.execute(
            text("SELECT count(*) FROM boards WHERE team_id = :team_id AND deleted_at IS NULL"),
            {"team_id": team_id},
        ).scalar_one()
        if count >= BOARDS_PER_TEAM:
            raise Conflict(f"A team can have at most {BOARDS_PER_TEAM} boards. Delete one first.")
        insert_board(uow, board_id=board_id, team_id=team_id, name=name)
    return uow.change


def list_boards(actor: Actor, team_id: str | None = None) -> Sequence[sql.Row]:
    """The boards that the actor sees (of one team, or all), by team and name, with their number of tasks."""
    if team_id is not None:
        access_team(actor.user_id, team_id)
    return sql.rows(
        text(
            "SELECT b.board_id, b.team_id, t.name AS team_name, b.name, b.key_prefix, b.version, b.seq,"
            " b.created_at, b.updated_at, m.role,"
            " (SELECT count(*) FROM tasks k WHERE k.board_id = b.board_id AND k.deleted_at IS NULL) AS task_count"
            " FROM boards b JOIN teams t USING (team_id) JOIN team_memberships m USING (team_id)"
            " WHERE m.user_id = :user_id AND b.deleted_at IS NULL"
            " AND (CAST(:team_id AS uuid) IS NULL OR b.team_id = CAST(:team_id AS uuid))"
            " ORDER BY lower(t.name), t.team_id, lower(b.name), b.board_id LIMIT 1000"
        ),
        {"user_id": actor.user_id, "team_id": team_id},
    )


def list_columns(board_ids: Sequence[str]) -> Sequence[sql.Row]:
    """The columns of boards that the caller has been given access to, in order, with their number of tasks."""
    return sql.rows(
        text(
            "SELECT c.column_id, c.board_id, c.name, c.status, c.hue, c.wip_limit, c.rank,"
            " (SELECT count(*) FROM tasks k WHERE k.board_id = c.board_id AND k.column_id = c.column_id"
            " AND k.deleted_at IS NULL) AS task_count"
            " FROM columns c WHERE c.board_id = ANY(CAST(:board_ids AS uuid[])) AND c.deleted_at IS NULL"
            " ORDER BY c.board_id, c.rank"
        ),
        {"board_ids": list(board_ids)},
    )


@idempotent
def edit_board(actor: Actor, board_id: str, *, version: int, name: str) -> Change:
    """Rename a board.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.edit``.
        StaleVersion: the board is not at `version` any more.
    """
    access_board(actor.user_id, board_id, "board.edit")
    with UnitOfWork(actor, entity_id=board_id, version=version + 1) as uow:
        board = lock_board(uow, board_id, "board.edit")
        if board.version != version:
            raise StaleVersion()
        record_board_change(
            uow, board, "board.edited", before={"name": board.name}, after={"name": name}
        )
        uow.execute(
            text("UPDATE boards SET name = :name WHERE board_id = :board_id"),
            {"name": name, "board_id": board_id},
        )
    return uow.change


@idempotent
def delete_board(actor: Actor, board_id: str) -> Change:
    """Put a board away with everything on it. Nothing is erased; its tasks are seen by nobody.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.delete``.
    """
    access_board(actor.user_id, board_id, "board.delete")
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, "board.delete")
        record_board_change(
            uow, board, "board.deleted", before={"deleted": False}, after={"deleted": True}
        )
        uow.execute(
            text("UPDATE boards SET deleted_at = :at WHERE board_id = :board_id"),
            {"at": uow.at, "board_id": board_id},
        )
    return uow.change


def record_board_change(
    uow: UnitOfWork,
    board: LockedBoard,
    event: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Raise the version of a locked board and write the audit fact of a change to it or its columns."""
    uow.answer(version=board.version + 1)
    uow.update_reference(
        text(
            "UPDATE boards SET version = version + 1, updated_at = :at WHERE board_id = :board_id"
        ),
        {"at": uow.at, "board_id": board.board_id},
    )
    uow.record(
        event,
        entity_type="board",
        entity_id=board.board_id,
        version=board.version + 1,
        before=before,
        after=after,
        team_id=board.team_id,
        board_id=board.board_id,
        board_seq=board.seq,
    )
