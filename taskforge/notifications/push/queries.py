"""Statements of the push job."""

from __future__ import annotations

from taskforge.accounts.queries import IS_ACTIVE, join_live_session, join_person
from taskforge.stores.prepared_statements import prepared

# Who dies at a message sends it once more when the lease is over; `attempts` is counted before the attempt.
CLAIM = prepared("""
    WITH due AS (
        SELECT notification_id, subscription_id
        FROM   push_intents
        WHERE  claimed_until <= CAST(:at AS timestamptz)
        ORDER  BY claimed_until
        LIMIT  CAST(:limit AS bigint)
        FOR UPDATE SKIP LOCKED
    )
    UPDATE push_intents i
    SET    claimed_until = CAST(:at AS timestamptz) + make_interval(secs => CAST(:lease AS integer)),
           attempts = attempts + 1
    FROM   due
    WHERE  i.notification_id = due.notification_id AND i.subscription_id = due.subscription_id
    RETURNING i.notification_id, i.subscription_id, i.expires_at, i.attempts
""")
# The device of a claimed message, if its person may still do anything and the session lives; whose line it is.
DEVICE = prepared(f"""
    SELECT p.subscription_id, p.user_id, p.sealed, {IS_ACTIVE} AND e.session_id IS NOT NULL AS is_live
    FROM   push_subscriptions p
           {join_person("p.user_id")}
           LEFT {join_live_session("p.session_id")}
    WHERE  p.subscription_id = :subscription_id
""")
HAS_DUE = prepared("""
    SELECT EXISTS (SELECT
                   FROM   push_intents
                   WHERE  claimed_until <= CAST(:before AS timestamptz))
""")
DROP_INTENT = prepared("""
    DELETE FROM push_intents
    WHERE  notification_id = :notification_id AND subscription_id = :subscription_id
""")
# All of the device: each would fail as this one did, and others wait for it meanwhile.
POSTPONE = prepared("""
    UPDATE push_intents
    SET    claimed_until = CAST(:until AS timestamptz)
    WHERE  subscription_id = :subscription_id
""")
DROP_DEVICE = prepared("""
    DELETE FROM push_subscriptions
    WHERE  subscription_id = :subscription_id
""")
MARK_OK = prepared("""
    UPDATE push_subscriptions
    SET    last_ok = CAST(:at AS timestamptz), failures = 0
    WHERE  subscription_id = :subscription_id
""")
MARK_FAILED = prepared("""
    UPDATE push_subscriptions
    SET    failures = failures + 1
    WHERE  subscription_id = :subscription_id
    RETURNING failures
""")
