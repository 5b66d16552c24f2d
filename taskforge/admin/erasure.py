"""The relay's part of the deletion of an account: removes from all stores what its transaction left for later.

Each step may be repeated and is bounded; a relay that is killed, or another one, goes on where it was. The order: what
requests that were under way have written, the teams that nobody else was in, the audit log, the last mail.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import structlog

from taskforge import clock, faults
from taskforge.accounts import erasing as accounts
from taskforge.admin.trash import purge_board, purge_task
from taskforge.audit import chain
from taskforge.audit.erasing import Erased, erase_window
from taskforge.boards.erasing import delete_abandoned_board, delete_views, list_boards_of_team
from taskforge.errors import NotFound, Unavailable
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.leaving import queries
from taskforge.mail import service as mail
from taskforge.mail.erasing import delete_mails_about, delete_mails_to, replace_actor_name
from taskforge.mail.kinds import MailKind
from taskforge.notifications.erasing import delete_inbox
from taskforge.reports.erasing import delete_week_mails
from taskforge.stores import sql
from taskforge.stores.actor import ITSELF
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.purging import list_tasks_of_board
from taskforge.tasks.views.feeds import delete_feeds
from taskforge.tasks.views.service import delete_private_views
from taskforge.teams.erasing import close_invitations, is_needed, purge_team_row

log = structlog.get_logger()
# No request from before the deletion can be under way any more.
SETTLED_AFTER = timedelta(seconds=20)
TURN_SECONDS = 5.0
PEOPLE_AT_ONCE = 20
TASKS_AT_ONCE = 50
BOARDS_AT_ONCE = 20


class OutOfTime(Exception):
    """This turn has lasted long enough; the next one goes on."""


def erase_deleted_people() -> int:
    """Go on with the deletions that are under way, for at most `TURN_SECONDS`; answers how many were finished."""
    deadline, finished = time.monotonic() + TURN_SECONDS, 0
    found = sql.rows(
        queries.NEXT_ERASURES, {"before": clock.now() - SETTLED_AFTER, "limit": PEOPLE_AT_ONCE}
    )
    for erasure in found:
        try:
            _check_time(deadline)
            sql.execute_now(queries.NOTE_TRY, {"user_id": erasure["user_id"], "at": clock.now()})
            _erase(erasure, deadline)
            finished += 1
        except OutOfTime:
            break
        except (NotFound, Unavailable) as error:
            log.info("erasure_postponed", user_id=erasure["user_id"], why=str(error))
        except Exception:
            log.exception("erasure_failed", user_id=erasure["user_id"])
    return finished


def _erase(erasure: sql.Row, deadline: float) -> None:
    addresses = [erasure["address"], *accounts.keep_free(erasure["earlier_addresses"])]
    _sweep(erasure["user_id"], addresses)
    accounts.forget_in_redis(erasure["user_id"])
    for team_id in erasure["team_ids"]:
        _purge_team(team_id, deadline)
    erased = _erase_from_log(erasure, addresses, deadline)
    _finish(erasure, erased)


def _sweep(user_id: str, addresses: Sequence[str]) -> None:
    with UnitOfWork(ITSELF, entity_id=user_id, version=0) as uow:
        accounts.sweep(uow, user_id, addresses)
        close_invitations(uow, user_id, addresses, pseudonym=accounts.pseudonym_address(user_id))
        delete_mails_to(uow, addresses)
        delete_mails_about(uow, user_id)
        replace_actor_name(uow, user_id, accounts.DELETED_PERSON)
        delete_views(uow, user_id)
        delete_feeds(uow, user_id)
        delete_private_views(uow, user_id)
        delete_inbox(uow, user_id)
        delete_week_mails(uow, user_id)
        uow.execute(queries.DELETE_EXPORTS, {"user_id": user_id})


def _purge_team(team_id: str, deadline: float) -> None:
    """Remove a team that nobody is in, with its boards and their tasks, from every store."""
    if is_needed(team_id):  # somebody has come into it since
        return
    # All of it goes now: nobody could restore any of it.
    now = clock.now() + timedelta(seconds=1)
    while boards := list_boards_of_team(team_id, BOARDS_AT_ONCE):
        for board in boards:
            board_id = board["board_id"]
            if board["deleted_at"] is None:
                with UnitOfWork(ITSELF, entity_id=board_id, version=0) as uow:
                    delete_abandoned_board(uow, board_id)
            while tasks := list_tasks_of_board(board_id, TASKS_AT_ONCE):
                for task in tasks:
                    _check_time(deadline)
                    purge_task(task["task_id"], board_id, deleted_before=now)
            purge_board(board_id, deleted_before=now)
    with UnitOfWork(ITSELF, entity_id=team_id, version=0) as uow:
        purge_team_row(uow, team_id)


def _erase_from_log(erasure: sql.Row, addresses: Sequence[str], deadline: float) -> int:
    """Erase the person from the audit log, a window at a time; answers how many events this turn changed."""
    key = config_of().audit_key.encode()
    person = Erased(erasure["user_id"], tuple(addresses), erasure["event_id"])
    after, total = erasure["last_log_id"], 0
    chain.seal_pending(key)
    while True:
        progress = erase_window(key, person, after)
        after, total = progress.last_log_id, total + progress.erased
        sql.execute_now(queries.ADVANCE_ERASURE, {"user_id": person.user_id, "last_log_id": after})
        if progress.is_done:
            return total
        _check_time(deadline)
        chain.seal_pending(key)


def _finish(erasure: sql.Row, erased: int) -> None:
    """Note that it is done, and tell the person, whose address is kept by that mail alone then."""
    user_id = erasure["user_id"]
    with UnitOfWork(ITSELF, entity_id=user_id, version=0) as uow:
        left = uow.row(queries.LOCK_ERASURE, {"user_id": user_id})
        if left is None:  # another relay has
            return
        event_id = uow.record(
            Event.USER_ERASED,
            entity_type="user",
            entity_id=user_id,
            before={"deleted": True},
            after={"deleted": True, "events_erased": erased},
        )
        mail.send(
            uow,
            MailKind.ACCOUNT_DELETED,
            event_id=event_id,
            to=left["address"],
            context={"at": erasure["requested_at"]},
        )
        uow.execute(queries.FINISH_ERASURE, {"user_id": user_id, "at": uow.at})
        faults.point("account.erased")


def _check_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise OutOfTime()
