"""SQL of exports and of deletions that are under way."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.leaving.models import IS_UNFINISHED

_EXPORT = """export_id, user_id, requested_at, finished_at, failed_at, section, cursor, parts, size, records,
           total, attempts"""

INSERT_EXPORT = text("""
    INSERT INTO account_exports (export_id, user_id, requested_at, total)
    VALUES (:export_id, :user_id, :at, :total)
""")
# A failed one does not count: it may be asked for again.
LAST_EXPORT_AT = text("""
    SELECT max(requested_at)
    FROM   account_exports
    WHERE  user_id = :user_id AND failed_at IS NULL
""")
LIST_EXPORTS = text(f"""
    SELECT {_EXPORT}
    FROM   account_exports
    WHERE  user_id = :user_id AND requested_at > :since
    ORDER  BY requested_at DESC, export_id
    LIMIT  :limit
""")
ONE_EXPORT = text(f"""
    SELECT {_EXPORT}
    FROM   account_exports
    WHERE  export_id = :export_id AND user_id = :user_id AND requested_at > :since
""")
# The attempt is counted before it is made: an export that kills its relay runs out of attempts like one that fails.
CLAIM_EXPORT = text(f"""
    UPDATE account_exports
    SET    attempts = attempts + 1, retry_at = :leased_until
    WHERE  export_id = ANY(ARRAY(
               SELECT export_id
               FROM   account_exports
               WHERE  {IS_UNFINISHED} AND retry_at <= :at
               ORDER  BY requested_at, export_id
               LIMIT  1
               FOR    UPDATE SKIP LOCKED))
    RETURNING {_EXPORT}
""")
HAS_DUE_EXPORT = text(f"""
    SELECT EXISTS (SELECT
                   FROM   account_exports
                   WHERE  {IS_UNFINISHED} AND requested_at <= :before AND retry_at <= :before)
""")
# Of two relays that did the same step one comes too late.
ADVANCE_EXPORT = text(f"""
    UPDATE account_exports
    SET    section = :section, cursor = :cursor, parts = parts + :parts, size = size + :size,
           records = records + :records, attempts = 0, retry_at = :leased_until,
           finished_at = CASE WHEN :is_last THEN CAST(:at AS timestamptz) END
    WHERE  export_id = :export_id AND section = :old_section
           AND cursor IS NOT DISTINCT FROM CAST(:old_cursor AS text) AND {IS_UNFINISHED}
""")
INSERT_PART = text("""
    INSERT INTO account_export_parts (export_id, number, name, data, packed_size, full_size, checksum)
    VALUES (:export_id, :number, :name, :data, :packed_size, :full_size, :checksum)
""")
POSTPONE_EXPORT = text(f"""
    UPDATE account_exports
    SET    retry_at = :retry_at, failed_at = CASE WHEN :is_last THEN CAST(:at AS timestamptz) END
    WHERE  export_id = :export_id AND {IS_UNFINISHED}
""")
PARTS = text("""
    SELECT number, name, packed_size, full_size, checksum, octet_length(data) AS size
    FROM   account_export_parts
    WHERE  export_id = :export_id AND number > :after
    ORDER  BY number
    LIMIT  :limit
""")
NAMES_LENGTH = text("""
    SELECT coalesce(sum(octet_length(name)), 0)
    FROM   account_export_parts
    WHERE  export_id = :export_id
""")
PART_DATA = text("""
    SELECT data
    FROM   account_export_parts
    WHERE  export_id = :export_id AND number = :number
""")
DELETE_EXPORTS = text("DELETE FROM account_exports WHERE user_id = :user_id")

INSERT_ERASURE = text("""
    INSERT INTO account_erasures (user_id, event_id, address, earlier_addresses, team_ids, requested_at)
    VALUES (:user_id, :event_id, :address, CAST(:earlier_addresses AS text[]), CAST(:team_ids AS uuid[]), :at)
""")
# Those first that were tried longest ago: some that fail, or take long, keep no others waiting.
NEXT_ERASURES = text("""
    SELECT user_id, event_id, address, earlier_addresses, team_ids, requested_at, last_log_id
    FROM   account_erasures
    WHERE  finished_at IS NULL AND requested_at < :before
    ORDER  BY tried_at, requested_at, user_id
    LIMIT  :limit
""")
NOTE_TRY = text("UPDATE account_erasures SET tried_at = :at WHERE user_id = :user_id")
COUNT_LATE = text(f"""
    SELECT (SELECT count(*) FROM account_exports WHERE {IS_UNFINISHED} AND requested_at < :before) AS exports,
           (SELECT count(*) FROM account_erasures WHERE finished_at IS NULL AND requested_at < :before) AS erasures
""")
LOCK_ERASURE = text("""
    SELECT address
    FROM   account_erasures
    WHERE  user_id = :user_id AND finished_at IS NULL
    FOR    UPDATE
""")
ADVANCE_ERASURE = text("""
    UPDATE account_erasures
    SET    last_log_id = greatest(last_log_id, :last_log_id)
    WHERE  user_id = :user_id
""")
FINISH_ERASURE = text("""
    UPDATE account_erasures
    SET    finished_at = :at, address = NULL, earlier_addresses = '{}'
    WHERE  user_id = :user_id
""")
