"""Reads of mails for site administrators: of all kinds, those of notifications too, without what they say."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.mail.queries import STATES_OF_MAILS
from taskforge.notifications.bundles.queries import STATES_OF_BUNDLES

_MAILS = f"""
    WITH mails AS ({STATES_OF_MAILS} UNION ALL {STATES_OF_BUNDLES})
"""
OVERVIEW = text(f"""
    {_MAILS}
    SELECT m.*
    FROM   mails m
           LEFT JOIN mails earlier ON earlier.mail_id = CAST(:after AS uuid)
    WHERE  (earlier.mail_id IS NULL OR (m.created_at, m.mail_id) < (earlier.created_at, earlier.mail_id))
           AND (:state = 'all' OR m.state = :state)
    ORDER  BY m.created_at DESC, m.mail_id DESC
    LIMIT  :limit
""")
COUNTS = text(f"{_MAILS} SELECT state, count(*) AS mails FROM mails GROUP BY state")
