"""How far the seals of the audit log are behind."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.stores import sql

SEARCHED = (
    2_000  # events before the end of the chain; what is unsealed before them is found by the doctor
)
# Both tables are bounded: the planner may merge them by their ids, and would read all of the chain.
_SEAL_LAG = text("""
    WITH floor AS (SELECT coalesce(max(log_id), 0) - :searched AS id FROM audit_chain)
    SELECT CAST(extract(epoch FROM now() - l.action_timestamp) AS float)
    FROM   audit_logs l
    WHERE  l.log_id > (SELECT id FROM floor)
           AND NOT EXISTS (SELECT
                           FROM   audit_chain c
                           WHERE  c.log_id = l.log_id AND c.log_id > (SELECT id FROM floor))
    ORDER  BY l.log_id
    LIMIT  1
""")


def seal_lag_seconds() -> float:
    """The age of the oldest recent event that has no seal; 0 if all have one."""
    return max(0.0, float(sql.scalar(_SEAL_LAG, {"searched": SEARCHED}) or 0.0))
