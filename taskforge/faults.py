"""Named crash points: a no-op unless an environment variable arms one of them.

``TASKFORGE_FAULT=tx.before_commit`` kills the process (SIGKILL, as a power cut would) when it first
reaches that point; ``tx.before_commit:3`` at the third time. ``TASKFORGE_FAULT_MODE=raise`` raises
`FaultInjected` instead, for tests inside one process.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

POINTS = (
    "read.done",
    "tx.begin",
    "tx.op_inserted",
    "tx.ref_updated",
    "tx.audit_inserted",
    "tx.before_commit",
    "tx.after_commit",
    "apply.before",
    "apply.after",
    "outbox.before_delete",
    "outbox.deleted",
    "publish.before",
    "rq.enqueue.before",
    "ack.before",
    "relay.claimed",
    "relay.applied",
    "relay.deleted",
    "job.started",
    "notification.expanded",
    "notification.inserted",
    "mail.before_send",
    "mail.sent",
    "push.before_send",
    "push.sent",
    "week.planned",
    "audit.sealed",
    "search.read",
    "search.written",
    "login.session_written",
    "logout.redis_deleted",
    "revoke.pg_done",
    "invite.accepted",
    "account.erased",
    "export.part_written",
    "upload.blob_written",
    "upload.row_committed",
)

_armed, _, _count = os.environ.get("TASKFORGE_FAULT", "").partition(":")
_mode = os.environ.get("TASKFORGE_FAULT_MODE", "kill")
_seen: Counter[str] = Counter()


class FaultInjected(BaseException):
    """The armed crash point was reached in raise mode. Not an Exception: no handler may swallow it."""


def point(name: str) -> None:
    """Kill the process here, or raise, if this point is armed. Costs one comparison when nothing is armed."""
    if not _armed:
        return
    _seen[name] += 1
    if name != _armed or _seen[name] != int(_count or 1):
        return
    if _mode == "raise":
        raise FaultInjected(name)
    os.kill(os.getpid(), signal.SIGKILL)


if _armed and _armed not in POINTS:
    raise RuntimeError(f"TASKFORGE_FAULT names no crash point: {_armed!r}")
