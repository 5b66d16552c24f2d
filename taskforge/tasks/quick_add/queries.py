"""Reads of quick-add: the tags that a line may name, new cards, and those that a filter hides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.session_records import find_preloaded
from taskforge.boards.queries import COLUMNS
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import (
    REFERENCE,
    SHOWN,
    SHOWN_TABLES,
    preloaded_task,
    task_query,
    task_rows,
)
from taskforge.tasks.board.filters import filtered, read_filter
from taskforge.tasks.board.tags import TAGS_IN_USE
from taskforge.tasks.queries import COUNTED_COLUMN

MAX_TAGS = 200
MAX_FIELDS = 200  # of an address

_TAGS = text(TAGS_IN_USE)
_NEW_TASKS = text(f"""
    SELECT {REFERENCE}, {SHOWN}
    FROM   {SHOWN_TABLES}
    WHERE  k.board_id = :board_id AND k.task_id = ANY(CAST(:ids AS uuid[])) AND k.deleted_at IS NULL
    ORDER  BY k.rank, k.task_id
""")
# The column of a task `k`, as one value.
_COLUMN_OF_TASK = f"""
    (SELECT to_jsonb(counted)
     FROM   (SELECT {COUNTED_COLUMN}
             FROM   {COLUMNS}
             WHERE  c.column_id = k.column_id) counted) AS "column"
"""


def list_tags(board_id: str) -> list[str]:
    """The tags in use on a board that the caller has been given access to."""
    found = sql.rows(_TAGS, {"board_id": board_id, "tags": MAX_TAGS})
    return [row["tag"] for row in found]


def list_made(board_id: str, task_ids: Sequence[str]) -> Sequence[sql.Row]:
    """The rows of tasks that have just been created on a board, for their cards; deleted ones are left out."""
    return task_rows(_NEW_TASKS, {"board_id": board_id, "ids": list(task_ids)})


def get_placed_task(actor: Actor, task_id: str) -> Mapping[str, Any]:
    """A task's row as for its card, also in the trash; ``column`` is its column with the number of its tasks.

    Raises:
        NotFound: no such task, or not a member of its team.
    """
    found = preloaded_task(find_preloaded(actor.user_id, task_query(task_id, _COLUMN_OF_TASK)))
    if found is None:
        raise NotFound()
    return found.row


def list_hidden(actor: Actor, address: str, task_ids: Sequence[str]) -> set[str]:
    """Those of some tasks that the board at an address leaves out by its filter."""
    if "?" not in address:
        return set()
    try:
        given = parse_qs(urlsplit(address).query, max_num_fields=MAX_FIELDS)
    except ValueError:
        return set()  # not an address of this application
    if any("\0" in value for values in given.values() for value in values):
        return set()
    at = clock.reader_time()
    chosen = read_filter(given, at).read_by(actor, at)
    if not chosen.count:
        return set()
    fitting = sql.rows(
        filtered(_fitting_tasks, chosen), {**chosen.parameters(), "ids": list(task_ids)}
    )
    return {*task_ids} - {row["task_id"] for row in fitting}


def _fitting_tasks(fitting: str) -> str:
    return f"""
    SELECT k.task_id
    FROM   tasks k
    WHERE  k.task_id = ANY(CAST(:ids AS uuid[])) AND {fitting}
    """
