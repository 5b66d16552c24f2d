"""How far the seals of the audit log are behind."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.audit.chain import IS_UNSEALED_ABOVE_FLOOR
from taskforge.stores import sql

# Events before the end of the chain; what is unsealed before them is found by the doctor.
SEARCHED = 2_000
_SEAL_LAG = text(f"""
    WITH floor AS (SELECT coalesce(max(log_id), 0) - :searched AS id FROM audit_chain)
    SELECT CAST(extract(epoch FROM now() - l.action_timestamp) AS float)
    FROM   audit_logs l
    WHERE  {IS_UNSEALED_ABOVE_FLOOR}
    ORDER  BY l.log_id
    LIMIT  1
""")


def seal_lag_seconds() -> float:
    """The age of the oldest recent event that has no seal; 0 if all have one."""
    return max(0.0, float(sql.scalar(_SEAL_LAG, {"searched": SEARCHED}) or 0.0))
