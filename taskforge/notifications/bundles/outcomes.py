"""What becomes of a claimed bundle and its lines, each in one short transaction.

Whoever ends a bundle opens the next one for what waits meanwhile, in the same transaction: of a person with waiting
lines there always is an open bundle. Whoever plans lines takes the lock of that bundle, so that neither overlooks the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Connection, Executable, TextClause

from taskforge import clock
from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.mail.jobs import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from taskforge.mail.service import is_available
from taskforge.mail.smtp import NotSent
from taskforge.messaging.queues import MAIL
from taskforge.notifications.bundles import queries
from taskforge.notifications.bundles.contents import Contents
from taskforge.notifications.bundles.selection import Selection
from taskforge.stores import sql
from taskforge.stores.direct_execution import execute
from taskforge.stores.unit_of_work import UnitOfWork

Bundle = Mapping[str, Any]


def close(bundle: Bundle, contents: Contents, message: EmailMessage) -> None:
    """It was sent. What it says is stored in development only, for the mailbox page."""
    stored = None if config_of().is_production else message.as_bytes()
    values = {"lines": contents.line_count, "message": stored, "at": clock.now()}
    _end(bundle, queries.CLOSE, values, contents.selection)


def discard(bundle: Bundle, contents: Contents) -> None:
    """There is nothing to tell: what it was made for was read, put off, or is nobody's business any more.

    Lines that were not looked at, because there are so many, go with the next one.
    """
    with sql.transaction() as connection:
        _settle_lines(connection, contents.selection)
        execute(connection, queries.RELEASE_LINES, {"bundle_id": bundle["bundle_id"]})
        _discard_unchanged(connection, bundle)


def forget_person(bundle: Bundle) -> None:
    """Its person gets no mails: nothing of what waits is mailed later either."""
    with sql.transaction() as connection:
        execute(connection, queries.FORGET_WAITING, {"user_id": bundle["user_id"]})
        execute(connection, queries.DISCARD, {"bundle_id": bundle["bundle_id"]})
        _reopen(connection, bundle)


def reschedule(bundle: Bundle, due: datetime) -> None:
    """Its person has changed when they want mail: what waited then is due at `due`."""
    values = {"since": bundle["reschedule_from"], "due": due, "bundle_id": bundle["bundle_id"]}
    with sql.transaction() as connection:
        execute(connection, queries.RESCHEDULE, values)
        _discard_unchanged(connection, bundle)


def park(bundle: Bundle, failure: NotSent) -> None:
    """It is given up, with its lines."""
    values = {"at": clock.now(), "error": str(failure), "maybe_sent": failure.maybe_sent}
    _end(bundle, queries.PARK, values, Selection())


def release_parked(
    run: Callable[[Executable, Mapping[str, Any]], Any], bundle_ids: Sequence[str]
) -> int:
    """Let mails that were given up go with their persons' next ones, which are due now; answers how many there were.

    `run` runs a statement in a transaction.
    """
    now = clock.now()
    people = sorted(set(run(queries.RELEASE, {"at": now, "ids": bundle_ids}).scalars()))
    discarded: int = run(queries.DISCARD_PARKED, {"ids": bundle_ids}).rowcount
    values = {
        "bundle_ids": [new_id() for _ in people],
        "people": people,
        "first_due": [now for _ in people],
        "at": now,
    }
    run(queries.OPEN, values)
    return discarded


def send_again(uow: UnitOfWork, bundle_id: str) -> bool:
    """Let a mail that was given up be made and tried anew; False if it is none of those."""
    is_waiting = release_parked(uow.execute, [bundle_id]) == 1
    if is_waiting and is_available():
        uow.wake(MAIL)
    return is_waiting


def postpone(bundle: Bundle, failure: NotSent) -> None:
    """It is tried again after a pause."""
    sql.execute_now(
        queries.POSTPONE,
        {
            "bundle_id": bundle["bundle_id"],
            "at": clock.now(),
            "error": str(failure),
            "maybe_sent": failure.maybe_sent,
            "first": FIRST_PAUSE_SECONDS,
            "longest": LONGEST_PAUSE_SECONDS,
        },
    )


def postpone_due(bundle: Bundle, due: datetime) -> None:
    """It is quiet where its person is, until `due`, unless they have changed when they want mail just now."""
    sql.execute_now(queries.POSTPONE_DUE, {"bundle_id": bundle["bundle_id"], "due": due})


def _end(
    bundle: Bundle, statement: TextClause, values: Mapping[str, Any], selection: Selection
) -> None:
    with sql.transaction() as connection:
        _settle_lines(connection, selection)
        execute(connection, statement, {"bundle_id": bundle["bundle_id"], **values})
        _reopen(connection, bundle)


def _settle_lines(connection: Connection, selection: Selection) -> None:
    if selection.dropped:
        execute(connection, queries.DROP_LINES, {"ids": selection.dropped})
    if selection.later:
        later = {"ids": list(selection.later), "due": list(selection.later.values())}
        execute(connection, queries.DELAY_LINES, later)


def _discard_unchanged(connection: Connection, bundle: Bundle) -> None:
    """Delete it, unless its person has changed when they want mail since it was claimed: then it is claimed again."""
    values = {"bundle_id": bundle["bundle_id"], "since": bundle["reschedule_from"]}
    execute(connection, queries.DISCARD_UNCHANGED, values)
    _reopen(connection, bundle)


def _reopen(connection: Connection, bundle: Bundle) -> None:
    execute(
        connection,
        queries.REOPEN,
        {
            "bundle_id": bundle["bundle_id"],
            "user_id": bundle["user_id"],
            "next_id": new_id(),
            "at": clock.now(),
        },
    )
