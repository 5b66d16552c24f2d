"""Reads of tasks: one task with its texts, lists for boards, the API and the trash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from taskforge.boards.access import access_board
from taskforge.errors import Unavailable
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import REFERENCE, SHOWN, SHOWN_TABLES, access_task
from taskforge.tasks.documents import EMPTY_TEXT
from taskforge.tasks.texts import read_task_text
from taskforge.teams.access import Membership, access_team

CARDS_PER_COLUMN = 50
LONGEST_PAGE = 200


@dataclass(frozen=True)
class TaskView:
    """A task as somebody sees it: reference row, texts (None when unreadable now) and their membership."""

    row: Mapping[str, Any]
    texts: Mapping[str, Any] | None
    membership: Membership

    @property
    def syncing(self) -> bool:
        """Whether MongoDB has yet to get the newest text."""
        return self.row["pending_text"] is not None


def get_task(actor: Actor, task_id: str, *, deleted: bool = False) -> TaskView:
    """A task with its texts. With ``deleted=True`` also one in the trash.

    Raises:
        NotFound: no such task, or not a member of its team.
    """
    row, membership = access_task(actor.user_id, task_id, deleted=deleted)
    try:
        fields = read_task_text(actor, row)
    except Unavailable:
        return TaskView(row, None, membership)
    row = fields.pop("reference")
    return TaskView(row, {**EMPTY_TEXT, **fields}, membership)


def list_cards(
    actor: Actor,
    board_id: str,
    *,
    assignee_id: str | None = None,
    priority: str | None = None,
    tag: str | None = None,
    per_column: int = CARDS_PER_COLUMN,
) -> Sequence[sql.Row]:
    """The first cards of every column of a board, in order: reference rows with names. MongoDB is not asked."""
    access_board(actor.user_id, board_id)
    return sql.rows(
        text(
            f"SELECT {REFERENCE}, {SHOWN} FROM columns c CROSS JOIN LATERAL (SELECT * FROM tasks k"
            " WHERE k.board_id = c.board_id AND k.column_id = c.column_id AND k.deleted_at IS NULL"
            f" {_FILTERS} ORDER BY k.rank, k.task_id LIMIT :per_column) k"
            " JOIN boards b ON b.board_id = k.board_id JOIN users creator ON creator.user_id = k.created_by"
            " LEFT JOIN users assignee ON assignee.user_id = k.assignee_id"
            " WHERE c.board_id = :board_id AND c.deleted_at IS NULL ORDER BY c.rank, k.rank, k.task_id"
        ),
        {**_filters(assignee_id, priority, tag), "board_id": board_id, "per_column": per_column},
    )


def list_column_cards(
    actor: Actor,
    board_id: str,
    column_id: str,
    *,
    after_rank: str,
    after_id: str,
    assignee_id: str | None = None,
    priority: str | None = None,
    tag: str | None = None,
    limit: int = CARDS_PER_COLUMN,
) -> Sequence[sql.Row]:
    """The next cards of one column, below the card with that rank and id."""
    access_board(actor.user_id, board_id)
    return sql.rows(
        text(
            f"SELECT {REFERENCE}, {SHOWN} FROM {SHOWN_TABLES}"
            " WHERE k.board_id = :board_id AND k.column_id = :column_id AND k.deleted_at IS NULL"
            f" AND (k.rank, k.task_id) > (:after_rank, CAST(:after_id AS uuid)) {_FILTERS}"
            " ORDER BY k.rank, k.task_id LIMIT :limit"
        ),
        {
            **_filters(assignee_id, priority, tag),
            "board_id": board_id,
            "column_id": column_id,
            "after_rank": after_rank,
            "after_id": after_id,
            "limit": limit,
        },
    )


def list_tasks(
    actor: Actor,
    *,
    team_id: str | None = None,
    board_id: str | None = None,
    status: str | None = None,
    assignee_id: str | None = None,
    limit: int = 50,
    after_id: str | None = None,
) -> Sequence[sql.Row]:
    """Live tasks that the actor sees, oldest first, behind `after_id`; at most `limit` (200).

    Raises:
        NotFound: the team or board is not visible to the actor.
    """
    if team_id is not None:
        access_team(actor.user_id, team_id)
    if board_id is not None:
        access_board(actor.user_id, board_id)
    return sql.rows(
        text(
            f"SELECT {REFERENCE}, {SHOWN} FROM {SHOWN_TABLES}"
            " JOIN team_memberships m ON m.team_id = k.team_id AND m.user_id = :user_id"
            " WHERE k.deleted_at IS NULL AND b.deleted_at IS NULL"
            " AND (CAST(:team_id AS uuid) IS NULL OR k.team_id = CAST(:team_id AS uuid))"
            " AND (CAST(:board_id AS uuid) IS NULL OR k.board_id = CAST(:board_id AS uuid))"
            " AND (CAST(:status AS text) IS NULL OR k.status = :status)"
            " AND (CAST(:assignee_id AS uuid) IS NULL OR k.assignee_id = CAST(:assignee_id AS uuid))"
            " AND (CAST(:after_id AS uuid) IS NULL OR k.task_id > CAST(:after_id AS uuid))"
            " ORDER BY k.task_id LIMIT :limit"
        ),
        {
            "user_id": actor.user_id,
            "team_id": team_id,
            "board_id": board_id,
            "status": status,
            "assignee_id": assignee_id,
            "after_id": after_id,
            "limit": min(limit, LONGEST_PAGE),
        },
    )


def list_trash(actor: Actor, board_id: str) -> Sequence[sql.Row]:
    """The 200 last deleted tasks of a board, latest first."""
    access_board(actor.user_id, board_id)
    return sql.rows(
        text(
            f"SELECT {REFERENCE}, {SHOWN} FROM {SHOWN_TABLES} WHERE k.board_id = :board_id"
            " AND k.deleted_at IS NOT NULL ORDER BY k.deleted_at DESC, k.task_id LIMIT 200"
        ),
        {"board_id": board_id},
    )


_FILTERS = (
    " AND (CAST(:assignee_id AS uuid) IS NULL OR k.assignee_id = CAST(:assignee_id AS uuid))"
    " AND (CAST(:priority AS text) IS NULL OR k.priority = :priority)"
    " AND (CAST(:tag AS text) IS NULL OR :tag = ANY(k.tags))"
)


def _filters(assignee_id: str | None, priority: str | None, tag: str | None) -> dict[str, Any]:
    return {"assignee_id": assignee_id, "priority": priority, "tag": tag}
