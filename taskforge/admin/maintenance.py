"""The periodic chores of the relay: wake the workers for overdue work, delete expired rows, purge the trash."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial

import structlog

from taskforge import clock
from taskforge.accounts import picture_store
from taskforge.accounts import retention as accounts_retention
from taskforge.accounts.ended_sessions import EndedSessions
from taskforge.accounts.mail_choice import bring_profiles_up_to_date
from taskforge.admin.erasure import erase_deleted_people
from taskforge.admin.stuck_jobs import requeue_stuck_jobs
from taskforge.admin.trash import purge_board, purge_task, purge_team
from taskforge.attachments import thumbnails
from taskforge.attachments.purging import list_purgeable, purge_attachment
from taskforge.attachments.sweep import sweep_blobs
from taskforge.audit import chain
from taskforge.boards.purging import list_deleted, list_of_team
from taskforge.errors import NotFound, Unavailable
from taskforge.extensions import config_of
from taskforge.history import snapshots
from taskforge.leaving import export_jobs as exports
from taskforge.leaving import retention as leaving_retention
from taskforge.mail import retention as mail_retention
from taskforge.mail.service import is_available
from taskforge.messaging import queues
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.notifications import jobs as notifications
from taskforge.notifications import retention as notifications_retention
from taskforge.notifications import snoozes
from taskforge.notifications.bundles import jobs as mails
from taskforge.notifications.bundles import retention as bundles_retention
from taskforge.notifications.due_sweep import DueSweep
from taskforge.notifications.push import jobs as push
from taskforge.notifications.push import retention as push_retention
from taskforge.notifications.reminders import tell_due
from taskforge.reports import projection, week_mails
from taskforge.search import feed as search_feed
from taskforge.search.rebuilding import Rebuilder
from taskforge.stores import blobs, sql
from taskforge.stores import retention as stores_retention
from taskforge.stores.mongo import DocumentsUnavailable
from taskforge.stores.relay import Chore
from taskforge.stores.retention import RESTORABLE_FOR, delete_expired
from taskforge.tasks.purging import list_tasks_of_board, list_trashed
from taskforge.teams.invitations import retention as invitations_retention
from taskforge.teams.purging import list_deleted_before

log = structlog.get_logger()
OVERDUE_AFTER = timedelta(seconds=2)
REDIS_PATIENCE_SECONDS = 5.0
TASKS_PURGED_AT_ONCE = 50
FILES_PURGED_AT_ONCE = 50
BOARDS_PURGED_AT_ONCE = 20
TEAMS_PURGED_AT_ONCE = 20
ROWS_DELETED_AT_ONCE = 2000
BATCHES_AT_ONCE = 10
PURGE_SECONDS = 5.0
BLOB_WRITTEN_WITHIN = timedelta(hours=1)
# The owner of a table declares how long its rows are stored.
RETENTION_RULES = (
    *stores_retention.RULES,
    *notifications_retention.RULES,
    *accounts_retention.RULES,
    *invitations_retention.RULES,
    *mail_retention.RULES,
    *bundles_retention.RULES,
    *push_retention.RULES,
    *leaving_retention.RULES,
)


class OverdueWork:
    """Wakes the worker of a queue whose work is overdue, and does the work itself while Redis stays unavailable.

    `is_overdue` says whether work from before an instant is pending; `process` does all that is pending.
    """

    def __init__(
        self, queue: str, is_overdue: Callable[[datetime], bool], process: Callable[[], object]
    ) -> None:
        self._queue, self._is_overdue, self._process = queue, is_overdue, process
        self._unavailable_since: float | None = None

    def __call__(self) -> None:
        """Check once; called every second."""
        if not self._is_overdue(clock.now() - OVERDUE_AFTER):
            return
        if queues.wake(self._queue):
            self._unavailable_since = None
            return
        now = time.monotonic()
        self._unavailable_since = self._unavailable_since or now
        if now - self._unavailable_since > REDIS_PATIENCE_SECONDS:
            self._process()


class InBackground:
    """Does work in a thread of its own, one at a time: what waits for others must not delay the relay.

    Its caller has the application's context.
    """

    def __init__(self, process: Callable[[], object]) -> None:
        self._process = process
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        """Begin, unless it is being done."""
        if self._thread is None or not self._thread.is_alive():
            context = copy_context()  # with the application's
            self._thread = threading.Thread(
                target=context.run, args=(self._work,), name="background", daemon=True
            )
            self._thread.start()

    def _work(self) -> None:
        try:
            self._process()
        except Unavailable:
            log.info("background_work_postponed")
        except Exception:
            log.exception("background_work_failed")


def chores() -> list[Chore]:
    """Everything that a relay does besides relaying, each with its interval in seconds.

    Needs the application's context.
    """
    key = config_of().audit_key.encode()
    seal = OverdueWork(queues.AUDIT, chain.has_unsealed, lambda: chain.seal_pending(key))
    deliver = OverdueWork(
        queues.NOTIFICATIONS, notifications.has_undelivered, notifications.deliver
    )
    send = OverdueWork(queues.MAIL, mails.has_due, InBackground(mails.send_due))
    mailing = []
    if config_of().smtp_url:
        mailing = [Chore("send overdue mails", 2.0, send)]
    elif is_available():
        fill = _when(lambda: mails.has_due_bundle(clock.now()), mails.send_due)
        mailing = [Chore("fill the mailbox page", 2.0, fill)]
    if config_of().sends_push:
        to_devices = OverdueWork(queues.PUSH, push.has_due, InBackground(push.send_due))
        mailing = [*mailing, Chore("send overdue push messages", 1.0, to_devices)]
    make_thumbnails = _when(thumbnails.has_due, thumbnails.make_due)
    write_exports = _when(lambda: exports.has_due(clock.now()), exports.write_due)
    rebuilder = Rebuilder()
    keep_transitions = _when(projection.has_due, projection.keep_transitions)
    plan_weeks = _when(week_mails.has_due, week_mails.plan_due)
    return [
        *mailing,
        Chore("keep the ways of tasks", 5.0, keep_transitions),
        Chore("make thumbnails", 1.0, make_thumbnails),
        Chore("write exports", 2.0, write_exports),
        Chore("feed the search", 0.0, _when(search_feed.has_due, search_feed.feed)),
        Chore("rebuild the search", 1.0, _when(rebuilder.is_due, rebuilder)),
        Chore("complete the search", 30.0, InBackground(search_feed.read_again)),
        Chore("seal overdue audit events", 1.0, seal),
        Chore("deliver overdue notifications", 1.0, deliver),
        Chore("return what was put off", 2.0, snoozes.return_due),
        Chore("plan mails of weeks", 10.0, plan_weeks),
        Chore("tell of due cards", 1.0, DueSweep()),
        Chore("tell of reminders", 1.0, tell_due),
        Chore("requeue stuck jobs", 60.0, requeue_stuck_jobs_if_possible),
        Chore("take board snapshots", 30.0, snapshots.take_due),
        Chore("drop expired rows", 600.0, drop_expired),
        Chore("empty the trash", 600.0, empty_trash),
        Chore("erase deleted people", 5.0, erase_deleted_people),
        Chore("forget ended sessions", 5.0, EndedSessions()),
        Chore("purge pictures", 600.0, purge_pictures),
        Chore("purge unfinished blobs", 600.0, purge_unfinished_blobs),
        Chore("sweep files", 3600.0, InBackground(sweep_blobs)),
        Chore("bring profiles up to date", 5.0, bring_profiles_up_to_date),
        Chore("note the audit head", 600.0, note_audit_head),
    ]


def _when(is_due: Callable[[], bool], process: Callable[[], object]) -> Callable[[], None]:
    """Do something in the background, if there is something to do."""
    begin = InBackground(process)

    def begin_if_due() -> None:
        if is_due():
            begin()

    return begin_if_due


def requeue_stuck_jobs_if_possible() -> int:
    """Requeue stuck jobs; answers how many, 0 while Redis is unavailable.

    Security events exist in their jobs only, so that a job that failed must be tried again.
    """
    try:
        with redis_guard():
            return requeue_stuck_jobs()
    except RedisUnavailable:
        return 0


def drop_expired() -> int:
    """Delete expired rows, in bounded batches; answers how many."""
    at, deleted = clock.now(), 0
    for rule in RETENTION_RULES:
        for _ in range(BATCHES_AT_ONCE):
            batch = delete_expired(rule, at, limit=ROWS_DELETED_AT_ONCE)
            deleted += batch
            if batch < ROWS_DELETED_AT_ONCE:
                break
    return deleted


def empty_trash() -> int:
    """Purge what was deleted 30 days ago, for at most `PURGE_SECONDS`; answers how many tasks, files, boards and teams.

    A deleted board goes with its last task, a deleted team with its last board: a large one takes several turns.
    """
    before, deadline = clock.now() - RESTORABLE_FOR, time.monotonic() + PURGE_SECONDS
    purged = _purge_tasks(list_trashed(before, TASKS_PURGED_AT_ONCE), before, deadline)
    purged += _purge_files(list_purgeable(before, FILES_PURGED_AT_ONCE), before, deadline)
    purged += _purge_boards(list_deleted(before, BOARDS_PURGED_AT_ONCE), before, deadline)
    for team_id in list_deleted_before(before, TEAMS_PURGED_AT_ONCE):
        purged += _purge_boards(list_of_team(team_id, BOARDS_PURGED_AT_ONCE), before, deadline)
        if time.monotonic() > deadline:
            break
        purged += _purge(partial(purge_team, team_id, deleted_before=before), team_id)
    return purged


def _purge_boards(board_ids: Sequence[str], before: datetime, deadline: float) -> int:
    purged = 0
    for board_id in board_ids:
        purged += _purge_tasks(
            list_tasks_of_board(board_id, TASKS_PURGED_AT_ONCE), before, deadline
        )
        if time.monotonic() > deadline:
            break
        purged += _purge(partial(purge_board, board_id, deleted_before=before), board_id)
    return purged


def _purge_tasks(tasks: Sequence[sql.Row], before: datetime, deadline: float) -> int:
    purged = 0
    for task in tasks:
        if time.monotonic() > deadline:
            break
        task_id, board_id = task["task_id"], task["board_id"]
        purged += _purge(partial(purge_task, task_id, board_id, deleted_before=before), task_id)
    return purged


def _purge_files(files: Sequence[sql.Row], before: datetime, deadline: float) -> int:
    purged = 0
    for file in files:
        if time.monotonic() > deadline:
            break
        attachment_id, board_id = file["attachment_id"], file["board_id"]
        act = partial(purge_attachment, attachment_id, board_id, deleted_before=before)
        purged += _purge(act, attachment_id)
    return purged


def _purge(act: Callable[[], None], entity_id: str) -> int:
    try:
        act()
    except (NotFound, Unavailable) as error:  # restored, not empty yet, or busy at this moment
        log.info("purge_postponed", entity_id=entity_id, why=str(error))
        return 0
    return 1


def purge_pictures() -> int:
    """Remove the pictures that no profile names; answers how many, 0 while MongoDB is unavailable."""
    try:
        return picture_store.purge_unnamed()
    except DocumentsUnavailable:
        return 0


def purge_unfinished_blobs() -> int:
    """Remove what killed processes left of blobs; answers how many, 0 while their store is unavailable."""
    try:
        return blobs.store().purge_unfinished(clock.now() - BLOB_WRITTEN_WITHIN)
    except blobs.BlobsUnavailable:
        return 0


def note_audit_head() -> None:
    """Log the newest link of the audit chain: an anchor outside the database, which shows when the chain is cut off."""
    seq, link = chain.head()
    log.info("audit_head", anchor=f"{seq}:{link.hex()}")
