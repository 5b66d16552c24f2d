"""Reads of tasks: one task with its texts, lists for boards, the API and the trash."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from taskforge.boards.access import access_board
from taskforge.errors import Unavailable
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN, SHOWN_TABLES, TaskAccess, access_task
from taskforge.tasks.content import read_task_content
from taskforge.tasks.documents import EMPTY_CONTENT
from taskforge.teams.access import Membership, access_team
from taskforge.text.people import person_of

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
        return self.row["pending_content"] is not None


def get_task(
    actor: Actor, task_id: str, *, deleted: bool = False, preloaded: TaskAccess | None = None
) -> TaskView:
    """A task with its texts. With ``deleted=True`` also one in the trash.

    `preloaded` is what `access_task` would answer, if the request has read it already.

    Raises:
        NotFound: no such task, or not a member of its team.
    """
    row, membership = preloaded or access_task(actor.user_id, task_id, deleted=deleted)
    try:
        row, fields = read_task_content(actor, row)
    except Unavailable:
        return TaskView(row, None, membership)
    return TaskView(row, {**EMPTY_CONTENT, **fields}, membership)


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
    asked = {
        "team_id": team_id,
        "board_id": board_id,
        "status": status,
        "assignee_id": assignee_id,
        "after_id": after_id,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    found = sql.rows(
        _listing(tuple(given)),
        {**given, "user_id": actor.user_id, "limit": min(limit, LONGEST_PAGE)},
    )
    if not found:  # whoever sees a task sees its board and team
        if team_id is not None:
            access_team(actor.user_id, team_id)
        if board_id is not None:
            access_board(actor.user_id, board_id)
    return found


_LISTED = {
    "team_id": "k.team_id = :team_id",
    "board_id": "k.board_id = :board_id",
    "status": "k.status = :status",
    "assignee_id": "k.assignee_id = :assignee_id",
    "after_id": "k.task_id > :after_id",
}


@cache
def _listing(given: tuple[str, ...]) -> TextClause:
    """The question for `list_tasks` with just the conditions that are given, so that each has its own plan.

    Names are looked up for the tasks of the page only; a plan that knows no limit would do so for all. How to find
    the tasks of a person, or of all teams, depends on how many there are, so that this is planned each time.
    """
    by_place = "team_id" in given or "board_id" in given
    planned = prepared if by_place and "assignee_id" not in given else text
    return planned(
        f"SELECT {REFERENCE}, {SHOWN} FROM (SELECT k.* FROM tasks k JOIN boards b USING (board_id)"
        " JOIN team_memberships m ON m.team_id = k.team_id AND m.user_id = :user_id"
        f" WHERE {' AND '.join(('k.deleted_at IS NULL', 'b.deleted_at IS NULL', *map(_LISTED.__getitem__, given)))}"
        f" ORDER BY k.task_id LIMIT :limit) k{NAMED_BY} ORDER BY k.task_id"
    )


def list_trash(actor: Actor, board_id: str) -> list[dict[str, Any]]:
    """The 200 last deleted tasks of a board, latest first, each with ``deleted_by`` (None if nobody knows)."""
    access_board(actor.user_id, board_id)
    found = sql.rows(
        text(
            f"SELECT {REFERENCE}, {SHOWN}, d.actor_id AS deleter_id, d.display_name AS deleter_name FROM {SHOWN_TABLES}"
            " LEFT JOIN LATERAL (SELECT l.actor_id, u.display_name FROM audit_logs l"
            " JOIN users u ON u.user_id = l.actor_id"
            " WHERE l.entity_id = k.task_id AND l.event = 'task.deleted' ORDER BY l.log_id DESC LIMIT 1) d ON true"
            " WHERE k.board_id = :board_id AND k.deleted_at IS NOT NULL"
            " ORDER BY k.deleted_at DESC, k.task_id LIMIT 200"
        ),
        {"board_id": board_id},
    )
    return [
        {**row, "deleted_by": person_of(row["deleter_id"], row["deleter_name"])} for row in found
    ]


def list_names(board_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """The names of a board's columns (deleted ones too) and of people, by id, for a history that is shown."""
    found = sql.rows(
        text(
            "SELECT column_id AS id, name FROM columns WHERE board_id = :board_id"
            " UNION ALL SELECT user_id, display_name FROM users WHERE user_id = ANY(CAST(:user_ids AS uuid[]))"
        ),
        {"board_id": board_id, "user_ids": list(user_ids)},
    )
    return {row["id"]: row["name"] for row in found}
