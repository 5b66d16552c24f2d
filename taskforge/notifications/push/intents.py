"""What is noted when a line comes to an inbox: that it is to be shown on each device of its reader, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from taskforge.accounts.queries import join_live_session
from taskforge.extensions import config_of
from taskforge.notifications.hooks import Line
from taskforge.stores.direct_execution import execute
from taskforge.stores.prepared_statements import prepared

# What nobody has seen by then is found in the inbox.
WORTH_SENDING = timedelta(hours=6)

# To a device that has failed, a message goes with those that wait for it.
_INSERT = prepared(f"""
    INSERT INTO push_intents (notification_id, subscription_id, expires_at, claimed_until)
    SELECT line.notification_id, p.subscription_id, line.created_at + CAST(:worth AS interval),
           coalesce((SELECT max(i.claimed_until)
                     FROM   push_intents i
                     WHERE  i.subscription_id = p.subscription_id AND p.failures > 0), '-infinity')
    FROM   unnest(CAST(:ids AS uuid[]), CAST(:user_ids AS uuid[]), CAST(:times AS timestamptz[]))
               AS line (notification_id, user_id, created_at)
           JOIN push_subscriptions p ON p.user_id = line.user_id
           {join_live_session("p.session_id")}
    ON CONFLICT DO NOTHING
""")


def note_intents(connection: Connection, lines: Sequence[Line]) -> None:
    """Note new lines for the devices of their readers, in the transaction that inserts them."""
    if not config_of().sends_push:
        return
    parameters = {
        "ids": [line.notification_id for line in lines],
        "user_ids": [line.user_id for line in lines],
        "times": [line.created_at for line in lines],
        "worth": f"{WORTH_SENDING.total_seconds():.0f} seconds",
    }
    execute(connection, _INSERT, parameters)
