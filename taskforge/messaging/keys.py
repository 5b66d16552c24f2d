"""Every key that TaskForge writes to Redis: one table of their names and how long they live.

All code builds its keys and channel names here. Each stored key expires: Redis holds copies and hints only, and what
it loses is read again from PostgreSQL or MongoDB. RQ names its own keys (``rq:…``).
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, kw_only=True)
class KeyFamily:
    """The keys of one purpose.

    ``pattern`` is a format string with a name for each variable part; ``ttl_seconds`` is the time after which an
    untouched key expires (the longest, where a library sets it); ``loss`` says what happens when a key is gone.
    """

    name: str
    pattern: str
    ttl_seconds: int
    loss: str

    def key(self, **parts: object) -> str:
        """The key with these values in its pattern.

        Raises:
            KeyError: a part of the pattern is missing.
        """
        return self.pattern.format(**parts)

    @property
    def prefix(self) -> str:
        """The text with which every key of the family begins."""
        return self.pattern.partition("{")[0]


SESSION = KeyFamily(
    name="browser session",
    pattern="session:{sid_hash}",  # SHA-256 of the cookie's secret, hexadecimal
    ttl_seconds=30 * DAY,
    loss="Messages that wait for the next page are lost; the log-in itself is a row of PostgreSQL.",
)
USER_SESSIONS = KeyFamily(
    name="a user's session hashes",
    pattern="user:sessions:{user_id}",
    ttl_seconds=30 * DAY,
    loss="Nothing: an index that `doctor --repair` writes anew.",
)
PROFILE = KeyFamily(
    name="profile document",
    pattern="user:profile:{user_id}",  # the value begins with its version
    ttl_seconds=HOUR,
    loss="The next reader asks MongoDB.",
)
TASK_TEXT = KeyFamily(
    name="task document",
    pattern="task:{task_id}:{version}",
    ttl_seconds=5 * MINUTE,
    loss="The next reader asks MongoDB.",
)
COMMENT_TEXT = KeyFamily(
    name="comment document",
    pattern="comment:{comment_id}:{version}",
    ttl_seconds=5 * MINUTE,
    loss="The next reader asks MongoDB.",
)
UNREAD_COUNT = KeyFamily(
    name="number of unread notifications",
    pattern="user:notifications:count:{user_id}",
    # Short: a count that was written while Redis was away, or by two processes at once, may be wrong.
    ttl_seconds=MINUTE,
    loss="The next page counts in PostgreSQL.",
)
ONLINE_USERS = KeyFamily(
    name="users who were active lately",
    pattern="online:users",
    ttl_seconds=5 * MINUTE,
    loss="A user counts as offline until their next request.",
)
BOARD_PRESENCE = KeyFamily(
    name="users who have a board open",
    pattern="presence:board:{board_id}",
    ttl_seconds=MINUTE,
    loss="The web processes mark their streams again with the next heartbeat.",
)
RATE_LIMIT = KeyFamily(
    name="counted requests",
    pattern="ratelimit:{window}",  # the rest is made by the library `limits`
    ttl_seconds=24 * HOUR,
    loss="The window begins anew.",
)
WAKE_UP = KeyFamily(
    name="a queue's worker has been woken",
    pattern="wake-up:{queue}",
    ttl_seconds=10,
    loss="The queue gets one job more, which finds nothing to do.",
)
METRIC_COUNTS = KeyFamily(
    name="counts of all processes",
    pattern="metrics:counts",
    ttl_seconds=7 * DAY,
    loss="The counters of `/metrics` begin anew at 0, which Prometheus expects of counters.",
)
METRIC_PROCESSES = KeyFamily(
    name="what each process reported of itself",
    pattern="metrics:processes",
    ttl_seconds=5 * MINUTE,
    loss="Each process reports again within seconds.",
)
METRIC_SAMPLES = KeyFamily(
    name="samples of the last hour",
    pattern="metrics:samples",
    ttl_seconds=2 * HOUR,
    loss="The charts of `/admin/figures` begin anew.",
)
METRIC_TURN = KeyFamily(
    name="a sample was taken",
    pattern="metrics:turn:{slot}",
    ttl_seconds=MINUTE,
    loss="Two relays may take the same sample.",
)
ALERT_DATABASE = KeyFamily(
    name="administrators were told that PostgreSQL is away",
    pattern="alert:postgresql",
    ttl_seconds=DAY,
    loss="They are told again.",
)
FAMILIES = (
    SESSION,
    USER_SESSIONS,
    PROFILE,
    TASK_TEXT,
    COMMENT_TEXT,
    UNREAD_COUNT,
    ONLINE_USERS,
    BOARD_PRESENCE,
    RATE_LIMIT,
    WAKE_UP,
    METRIC_COUNTS,
    METRIC_PROCESSES,
    METRIC_SAMPLES,
    METRIC_TURN,
    ALERT_DATABASE,
)

# Published to, never stored: a hint that nobody hears is lost, and listeners catch up from the board's sequence.
BOARD_CHANNEL_PREFIX = "taskforge:board:"
PERSON_CHANNEL_PREFIX = "taskforge:person:"


def board_channel(board_id: str) -> str:
    """The channel on which live hints about a board are published."""
    return BOARD_CHANNEL_PREFIX + board_id


def person_channel(user_id: str) -> str:
    """The channel on which a person is told of what their inbox got."""
    return PERSON_CHANNEL_PREFIX + user_id
