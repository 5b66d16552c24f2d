"""How far the delivery of notifications is behind."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.stores import sql

_DELIVERY_LAG = text("""
    SELECT CAST(extract(epoch FROM now() - least(
               (SELECT min(created_at) FROM notification_intents WHERE delivered_at IS NULL),
               (SELECT min(created_at) FROM notification_fan_outs))) AS float)
""")


def delivery_lag_seconds() -> float:
    """The age of the oldest notification intent that is not delivered; 0 if all are."""
    return max(0.0, float(sql.scalar(_DELIVERY_LAG) or 0.0))
