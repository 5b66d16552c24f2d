"""SQL of site administration: the figures of the outbox."""

from __future__ import annotations

from sqlalchemy import text

OUTBOX_FIGURES = text("""
    SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending,
           count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
           CAST(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)) AS int)
               AS oldest_seconds
    FROM   (SELECT parked_at, created_at
            FROM   outbox
            ORDER  BY outbox_id
            LIMIT  :counted) AS oldest
""")
