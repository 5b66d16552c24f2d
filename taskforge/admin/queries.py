"""SQL of site administration: one-time links for the first administrator, and the figures of the outbox."""

from __future__ import annotations

from sqlalchemy import text

INSERT_CLAIM = text("""
    INSERT INTO admin_claims (token_hash, created_at, expires_at)
    VALUES (:token_hash, :at, :expires_at)
""")
_IS_OPEN = "token_hash = :token_hash AND used_at IS NULL AND expires_at > :at"
OPEN_CLAIM = text(f"""
    SELECT 1
    FROM   admin_claims
    WHERE  {_IS_OPEN}
""")
USE_CLAIM = text(f"""
    UPDATE admin_claims
    SET    used_at = :at, used_by = :user_id
    WHERE  {_IS_OPEN}
""")
OUTBOX_FIGURES = text("""
    SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending,
           count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
           CAST(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)) AS int)
               AS oldest_seconds
    FROM   outbox
""")
