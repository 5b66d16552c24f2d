"""SQL of swimlanes: the first cards of every cell of a board, each with its lane and the size of its cell."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN

# What decides on the lane of a task `k`, by kind of lane; and what is the same for values of one lane.
_LANE_VALUES = {
    "assignee": ("CAST(k.assignee_id AS text)", "CAST(k.assignee_id AS text)"),
    "priority": ("CAST(k.priority AS text)", "CAST(k.priority AS text)"),
    "tag": ("CAST(k.tags[1] AS text)", "taskforge_fold(k.tags[1])"),
}


def _cards_in_lanes(value: str, key: str, fitting: str) -> str:
    """The statement for lanes by a value: the `:max_lanes` most frequent values have lanes of their own.

    A lane is named by the value of its oldest card: tags that differ only in case share one.
    """
    return f"""
    WITH fitting AS (
        SELECT k.*, {value} AS lane_value, {key} AS lane_key
        FROM   tasks k
        WHERE  k.board_id = :board_id AND k.deleted_at IS NULL AND {fitting}),
    named AS (
        SELECT lane_key, (array_agg(lane_value ORDER BY number))[1] AS lane_name
        FROM   fitting
        WHERE  lane_key IS NOT NULL
        GROUP  BY lane_key
        ORDER  BY count(*) DESC, lane_key
        LIMIT  :max_lanes),
    laned AS (
        SELECT f.*,
               CASE WHEN f.lane_key IS NULL THEN 'none'
                    WHEN n.lane_key IS NULL THEN 'others'
                    ELSE 'v:' || n.lane_name END AS lane
        FROM   fitting f
               LEFT JOIN named n ON n.lane_key = f.lane_key),
    placed AS (
        SELECT l.*,
               count(*) OVER (PARTITION BY l.lane, l.column_id) AS cell_count,
               row_number() OVER (PARTITION BY l.lane, l.column_id
                                  ORDER BY l.rank, l.task_id) AS place
        FROM   laned l)
    SELECT {REFERENCE}, {SHOWN}, k.lane, k.cell_count
    FROM   placed k
           {NAMED_BY}
    WHERE  k.place <= :per_cell
    ORDER  BY k.rank, k.task_id
    """


# The cards by kind of lane, for `filters.filtered`; bound to `CardFilter.parameters`, the board's id and both limits.
CARDS_IN_LANES: dict[str, Callable[[str], str]] = {
    kind: partial(_cards_in_lanes, *decides) for kind, decides in _LANE_VALUES.items()
}
