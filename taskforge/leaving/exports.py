"""Exports of what is somebody's own: asked for, looked at, downloaded. The relay writes them (`export_jobs`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from taskforge import clock
from taskforge.errors import NotFound, RateLimited
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.leaving import archive, queries
from taskforge.leaving.sections import SECTIONS, count_records
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import hold_person

KEPT = timedelta(days=7)
PAUSE = timedelta(days=1)  # between two exports of a person
MAX_LISTED = 10
PARTS_AT_ONCE = 500
COUNTED_PERCENT = (
    90  # of the progress: the sections whose records are counted; the others are the rest
)
ONE_A_DAY = "You can make one export a day. Please come back tomorrow."


@dataclass(frozen=True)
class Export:
    """An export as its person sees it; ``percent`` says how far it is, ``expires_at`` when it is deleted."""

    export_id: str
    state: str  # "running", "ready" or "failed"
    percent: int
    records: int
    size: int
    requested_at: datetime
    finished_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True)
class Download:
    """An archive to be sent: its name, its length, and its pieces, which are read one by one."""

    name: str
    size: int
    pieces: Iterator[bytes]


@idempotent
def request_export(actor: Actor) -> Change:
    """Ask for an export of what is the actor's own; ``extra`` holds the ``export_id``.

    Raises:
        RateLimited: they have asked for one within a day.
    """
    export_id, total = new_id(), count_records(actor.user_id)
    extra = {"export_id": export_id}
    with UnitOfWork(actor, entity_id=export_id, version=0, extra=extra) as uow:
        hold_person(uow, actor.user_id)  # of two requests at once one comes too late
        _refuse_second(uow, actor.user_id)
        uow.execute(
            queries.INSERT_EXPORT,
            {"export_id": export_id, "user_id": actor.user_id, "at": uow.at, "total": total},
        )
        uow.record(
            Event.USER_EXPORT_REQUESTED,
            entity_type="user",
            entity_id=actor.user_id,
            before=None,
            after={"export_id": export_id},
        )
    return uow.change


def list_exports(user_id: str) -> list[Export]:
    """Somebody's exports that are not deleted yet, newest first."""
    found = sql.rows(
        queries.LIST_EXPORTS,
        {"user_id": user_id, "since": clock.now() - KEPT, "limit": MAX_LISTED},
    )
    return [_shown(row) for row in found]


def next_export_at(exports: Sequence[Export]) -> datetime | None:
    """When their person may ask for the next export; None for now."""
    asked = [one.requested_at for one in exports if one.state != "failed"]
    at = max(asked) + PAUSE if asked else None
    return at if at is not None and at > clock.now() else None


def open_export(actor: Actor, export_id: str) -> Download:
    """One of the actor's exports that is ready, to be downloaded; written to the audit log.

    Raises:
        NotFound: they have no such export, or it is not ready or deleted.
    """
    row = sql.row(
        queries.ONE_EXPORT,
        {"export_id": export_id, "user_id": actor.user_id, "since": clock.now() - KEPT},
    )
    if row is None or row["finished_at"] is None:
        raise NotFound()
    with UnitOfWork(actor, entity_id=export_id, version=0) as uow:
        uow.record(
            Event.USER_EXPORT_DOWNLOADED,
            entity_type="user",
            entity_id=actor.user_id,
            before=None,
            after={"export_id": export_id, "records": row["records"]},
        )
    names = int(sql.scalar(queries.NAMES_LENGTH, {"export_id": export_id}))
    size = row["size"] + archive.directory_size(names, row["parts"])
    name = f"taskforge-export-{row['requested_at']:%Y-%m-%d}.zip"
    return Download(name, size, _pieces(row))


def _pieces(row: sql.Row) -> Iterator[bytes]:
    """The records of an archive, one in memory at a time, and its directory."""
    for part in _parts(row["export_id"]):
        data = sql.scalar(
            queries.PART_DATA, {"export_id": row["export_id"], "number": part["number"]}
        )
        if data is None:  # deleted meanwhile; the client sees an answer that is too short
            return
        yield bytes(data)
    yield from archive.directory(
        _entries(row["export_id"]), row["requested_at"], begins_at=row["size"]
    )


def _entries(export_id: str) -> Iterator[archive.Entry]:
    offset = 0
    for part in _parts(export_id):
        sizes = (part["packed_size"], part["full_size"], part["checksum"])
        yield archive.Entry(part["name"], *sizes, offset)
        offset += part["size"]


def _parts(export_id: str) -> Iterator[sql.Row]:
    after = -1
    while True:
        page = sql.rows(
            queries.PARTS, {"export_id": export_id, "after": after, "limit": PARTS_AT_ONCE}
        )
        yield from page
        if len(page) < PARTS_AT_ONCE:
            return
        after = page[-1]["number"]


def _refuse_second(uow: UnitOfWork, user_id: str) -> None:
    last = uow.execute(queries.LAST_EXPORT_AT, {"user_id": user_id}).scalar()
    if last is not None and last + PAUSE > uow.at:
        left = last + PAUSE - uow.at
        raise RateLimited(ONE_A_DAY, retry_after=int(left.total_seconds()))


def _shown(row: sql.Row) -> Export:
    state = (
        "ready" if row["finished_at"] else "failed" if row["failed_at"] is not None else "running"
    )
    return Export(
        export_id=row["export_id"],
        state=state,
        percent=100 if state == "ready" else _percent(row),
        records=row["records"],
        size=row["size"],
        requested_at=row["requested_at"],
        finished_at=row["finished_at"],
        expires_at=row["requested_at"] + KEPT,
    )


def _percent(row: sql.Row) -> int:
    """How far a running export is: by its records, then by its sections; 99 at most."""
    counted = [number for number, section in enumerate(SECTIONS) if section.is_counted]
    if row["section"] <= counted[-1]:
        done: int = COUNTED_PERCENT * row["records"] // max(row["total"], 1)
        return min(COUNTED_PERCENT, done)
    behind = len(SECTIONS) - counted[-1] - 1
    ended: int = row["section"] - counted[-1] - 1
    return min(99, COUNTED_PERCENT + (100 - COUNTED_PERCENT) * ended // behind)
