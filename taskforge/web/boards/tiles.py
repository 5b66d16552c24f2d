"""Boards as tiles in a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from taskforge.boards.statuses import Status
from taskforge.stores import sql


def show_tiles(boards: Sequence[sql.Row], columns: Sequence[sql.Row]) -> list[dict[str, Any]]:
    """Each board with its columns and the number of its tasks that are done."""
    of_board: dict[str, list[sql.Row]] = defaultdict(list)
    for column in columns:
        of_board[column["board_id"]].append(column)
    return [show_tile(board, of_board[board["board_id"]]) for board in boards]


def show_tile(board: sql.Row, columns: Sequence[sql.Row]) -> dict[str, Any]:
    """One board of a list."""
    done = sum(column["task_count"] for column in columns if column["status"] == Status.DONE)
    return {**board, "columns": columns, "done_count": done}
