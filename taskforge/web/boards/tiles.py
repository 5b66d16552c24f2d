"""Boards as tiles of a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from taskforge.boards.statuses import Status
from taskforge.stores import sql
from taskforge.tasks.board_facts import list_board_facts
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.text.people import Person

MAX_FILL = 6  # the height of a full bar: the CSS has a step for each task up to it


def show_tiles(boards: Sequence[sql.Row]) -> list[dict[str, Any]]:
    """Each board with its columns, its people and numbers, in the order of `boards`. Two statements for all of them."""
    board_ids = [board["board_id"] for board in boards]
    of_board: dict[str, list[sql.Row]] = defaultdict(list)
    for column in list_columns_with_counts(board_ids):
        of_board[column["board_id"]].append(column)
    facts = list_board_facts(board_ids)
    return [
        show_tile(board, of_board[board["board_id"]], facts[board["board_id"]]) for board in boards
    ]


def show_tile(board: sql.Row, columns: Sequence[sql.Row], facts: sql.Row) -> dict[str, Any]:
    """One board with its `columns` and `facts`; ``open_count`` leaves out the tasks that are done."""
    done = sum(column["task_count"] for column in columns if column["status"] == Status.DONE)
    bars = [{**column, "fill": min(column["task_count"], MAX_FILL)} for column in columns]
    people = [
        Person(one["user_id"], one["display_name"], picture=one["picture"])
        for one in facts["people"]
    ]
    return {
        **board,
        "columns": bars,
        "open_count": board["task_count"] - done,
        "late_count": facts["late_count"],
        "people": people,
        "more_people": facts["people_count"] - len(people),
        "changed_at": facts["changed_at"],
    }
