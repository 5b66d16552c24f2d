"""Use cases of boards: create with default columns, list, edit, delete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fractional_indexing import generate_n_keys_between
from sqlalchemy import insert, text

from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.models import Board, Column
from taskforge.errors import Conflict, StaleVersion
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, once
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, hold_membership
from taskforge.teams.founding import insert_team, require_parent

BOARDS_PER_TEAM = 50
DEFAULT_COLUMNS = (
    ("Backlog", "backlog", 1),
    ("To do", "todo", 2),
    ("In progress", "in_progress", 3),
    ("In review", "in_review", 4),
    ("Done", "done", 5),
)


@once
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
        _insert_board(uow, board_id=board_id, team_id=team_id, name=name[:80])
    return uow.change


@once
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
        _insert_board(uow, board_id=board_id, team_id=team_id, name=name)
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


@once
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


@once
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


def choose_key_prefix(name: str, taken: set[str]) -> str:
    """Two to four capitals from a board's name for its tasks' short keys, with a digit if the team has them already."""
    words = re.findall(r"[A-Z][A-Z0-9]*", name.upper())
    initials = "".join(word[0] for word in words)[:4]
    base = (
        initials if len(initials) >= 2 else (words[0][:3] if words and len(words[0]) >= 2 else "TF")
    )
    if base not in taken:
        return base
    return next(
        candidate for number in range(2, 10**4) if (candidate := f"{base[:2]}{number}") not in taken
    )


def _insert_board(uow: UnitOfWork, *, board_id: str, team_id: str, name: str) -> None:
    taken = uow.execute(
        text("SELECT key_prefix FROM boards WHERE team_id = :team_id"), {"team_id": team_id}
    )
    prefix = choose_key_prefix(name, {found.key_prefix for found in taken})
    uow.update_reference(
        insert(Board),
        {
            "board_id": board_id,
            "team_id": team_id,
            "name": name,
            "key_prefix": prefix,
            "seq": 1,
            "created_by": uow.actor.user_id,
            "created_at": uow.at,
            "updated_at": uow.at,
        },
    )
    columns = _default_columns(board_id, uow.at)
    uow.execute(insert(Column), columns)
    shown = ("column_id", "name", "status", "hue", "wip_limit", "rank")
    uow.record(
        "board.created",
        entity_type="board",
        entity_id=board_id,
        version=1,
        before=None,
        after={
            "name": name,
            "key_prefix": prefix,
            "columns": [{key: column[key] for key in shown} for column in columns],
        },
        team_id=team_id,
        board_id=board_id,
        board_seq=1,
    )


def _default_columns(board_id: str, at: datetime) -> list[dict[str, Any]]:
    ranks = generate_n_keys_between(None, None, len(DEFAULT_COLUMNS))
    return [
        {
            "column_id": new_id(),
            "board_id": board_id,
            "name": column_name,
            "status": status,
            "hue": hue,
            "wip_limit": None,
            "rank": rank,
            "created_at": at,
            "updated_at": at,
        }
        for (column_name, status, hue), rank in zip(DEFAULT_COLUMNS, ranks, strict=True)
    ]
