"""SQL of swimlanes: the first cards of every cell of a board, each with its lane and the size of its cell."""

from __future__ import annotations

from sqlalchemy import TextClause, text

from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN
from taskforge.tasks.board.filters import FILTER

# What decides on the lane of a task `k`, by kind of lane.
_LANE_VALUES = {
    "assignee": "CAST(k.assignee_id AS text)",
    "priority": "CAST(k.priority AS text)",
    "tag": "CAST(k.tags[1] AS text)",
}


def _cards_in_lanes(value: str) -> TextClause:
    """The statement for lanes by a value: the `:max_lanes` most frequent values have lanes of their own."""
    return text(f"""
    WITH fitting AS (
        SELECT k.*, {value} AS lane_value
        FROM   tasks k
        WHERE  k.board_id = :board_id AND k.deleted_at IS NULL AND {FILTER}),
    named AS (
        SELECT lane_value
        FROM   fitting
        WHERE  lane_value IS NOT NULL
        GROUP  BY lane_value
        ORDER  BY count(*) DESC, lane_value
        LIMIT  :max_lanes),
    laned AS (
        SELECT f.*,
               CASE WHEN f.lane_value IS NULL THEN 'none'
                    WHEN n.lane_value IS NULL THEN 'others'
                    ELSE 'v:' || f.lane_value END AS lane
        FROM   fitting f
               LEFT JOIN named n ON n.lane_value = f.lane_value),
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
    """)


# The cards by kind of lane; bound to `CardFilter.parameters`, the board's id and both limits.
CARDS_IN_LANES = {kind: _cards_in_lanes(value) for kind, value in _LANE_VALUES.items()}
