"""SQL of the mail intents."""

from __future__ import annotations

from sqlalchemy import text

INSERT = text("""
    INSERT INTO mail_intents (mail_id, event_id, kind, to_address, context, token_seed, token_hash,
                              created_at, expires_at, sent_at)
    VALUES (:mail_id, :event_id, :kind, :to_address, CAST(:context AS jsonb), :token_seed, :token_hash,
            :at, :expires_at, :sent_at)
""")

_COLUMNS = """mail_id, kind, to_address, context, token_seed, token_hash, created_at, expires_at, attempts,
           maybe_sent, sent_at, parked_at, last_error"""

# The attempt is counted before it is made: a mail that kills its worker runs out of attempts like one that fails.
CLAIM = text(f"""
    UPDATE mail_intents
    SET    attempts = attempts + 1,
           claimed_until = :at + make_interval(secs => :lease)
    WHERE  mail_id = ANY(ARRAY(
               SELECT mail_id
               FROM   mail_intents
               WHERE  sent_at IS NULL AND parked_at IS NULL AND claimed_until <= :at
               ORDER  BY claimed_until, mail_id
               LIMIT  1
               FOR    UPDATE SKIP LOCKED))
    RETURNING {_COLUMNS}
""")
HAS_DUE = text("""
    SELECT EXISTS (SELECT
                   FROM   mail_intents
                   WHERE  sent_at IS NULL AND parked_at IS NULL
                          AND claimed_until <= :before AND created_at <= :before)
""")
# Whether an address gets mails: not that of a suspended account. The function is migration 0027's.
MAY_BE_MAILED = text("SELECT taskforge_may_be_mailed(:address)")
DROP = text("DELETE FROM mail_intents WHERE mail_id = :mail_id")
MARK_SENT = text("""
    UPDATE mail_intents
    SET    sent_at = :at, last_error = NULL,
           token_seed = CASE WHEN :keeps_seed THEN token_seed END
    WHERE  mail_id = :mail_id
""")
POSTPONE = text("""
    UPDATE mail_intents
    SET    claimed_until = :at + make_interval(secs => least(:first * power(2, attempts - 1), :longest)),
           last_error = :error, maybe_sent = maybe_sent OR :maybe_sent
    WHERE  mail_id = :mail_id
""")
# What is parked is looked at by people; its link must not be found in a copy of the database.
PARK = text("""
    UPDATE mail_intents
    SET    parked_at = :at, last_error = :error, maybe_sent = maybe_sent OR :maybe_sent
    WHERE  mail_id = :mail_id
""")

PARKED = text("""
    SELECT mail_id, kind, attempts, last_error
    FROM   mail_intents
    WHERE  parked_at IS NOT NULL
    ORDER  BY created_at, mail_id
    LIMIT  :limit
""")
UNPARK = text("""
    UPDATE mail_intents
    SET    parked_at = NULL, attempts = 0, maybe_sent = false, claimed_until = '-infinity'
    WHERE  mail_id = ANY(CAST(:ids AS uuid[])) AND parked_at IS NOT NULL
""")

# For the pages of site administrators: what is known of a mail, without what it says.
_STATE = """
    CASE WHEN i.sent_at IS NOT NULL THEN 'sent'
         WHEN i.parked_at IS NOT NULL THEN 'given up'
         ELSE 'queued'
    END"""
STATES_OF_MAILS = f"""
    SELECT i.mail_id, i.kind, i.to_address, i.created_at, i.attempts, i.last_error, {_STATE} AS state
    FROM   mail_intents i
"""

# For the mailbox page and the tests.
LATEST = text(f"""
    SELECT {_COLUMNS}
    FROM   mail_intents
    ORDER  BY created_at DESC, mail_id DESC
    LIMIT  :limit
""")
ONE = text(f"""
    SELECT {_COLUMNS}
    FROM   mail_intents
    WHERE  mail_id = :mail_id
""")
