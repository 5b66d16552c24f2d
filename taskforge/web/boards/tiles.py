"""Boards as tiles of a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from taskforge.boards.statuses import Status
from taskforge.stores import sql

MAX_FILL = 6  # the height of a full bar: the CSS has a step for each task up to it


def show_tiles(boards: Sequence[sql.Row], columns: Sequence[sql.Row]) -> list[dict[str, Any]]:
    """Each board with its columns and the number of its open tasks, in the order of `boards`."""
    of_board: dict[str, list[sql.Row]] = defaultdict(list)
    for column in columns:
        of_board[column["board_id"]].append(column)
    return [show_tile(board, of_board[board["board_id"]]) for board in boards]


def show_tile(board: sql.Row, columns: Sequence[sql.Row]) -> dict[str, Any]:
    """One board with its `columns`; ``open_count`` leaves out the tasks that are done."""
    done = sum(column["task_count"] for column in columns if column["status"] == Status.DONE)
    bars = [{**column, "fill": min(column["task_count"], MAX_FILL)} for column in columns]
    return {**board, "columns": bars, "open_count": board["task_count"] - done}
