"""How far the seals of the audit log are behind."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.audit.chain import SWEPT_WINDOW
from taskforge.stores import sql

# The first event without a link; those before the window are sealed, or found by the doctor.
_SEAL_LAG = text("""
    SELECT CAST(extract(epoch FROM now() - l.action_timestamp) AS float)
    FROM   audit_logs l
    WHERE  l.log_id > (SELECT coalesce(max(log_id), 0) - :window FROM audit_chain)
           AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.log_id = l.log_id)
    ORDER  BY l.log_id
    LIMIT  1
""")


def seal_lag_seconds() -> float:
    """The age of the oldest recent event that has no seal; 0 if all have one."""
    return max(0.0, float(sql.scalar(_SEAL_LAG, {"window": SWEPT_WINDOW}) or 0.0))
