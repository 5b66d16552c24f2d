"""Short rank strings for a column whose strings have become long."""

from __future__ import annotations

from fractional_indexing import generate_n_keys_between

from taskforge.boards.access import LockedBoard
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.editing.queries import TASK_IDS_BY_RANK, WRITE_RANKS


def spread_ranks(uow: UnitOfWork, board: LockedBoard, column_id: str) -> dict[str, str]:
    """Give the tasks of a column short ranks again, in the same order; the new ranks by task id.

    Needed only after some hundred insertions into one gap have made the strings long.
    """
    ordered = uow.execute(
        TASK_IDS_BY_RANK,
        {"board_id": board.board_id, "column_id": column_id},
    ).scalars()
    task_ids = list(ordered)
    ranks = dict(zip(task_ids, generate_n_keys_between(None, None, len(task_ids)), strict=True))
    uow.execute(WRITE_RANKS, {"task_ids": list(ranks), "ranks": list(ranks.values())})
    return ranks
