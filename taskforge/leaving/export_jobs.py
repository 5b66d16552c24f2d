"""Writes the archives of exports, a file at a time: a background job of the relay.

A step reads some pages of a section, and one transaction stores them as a file of the archive together with how far the
export is. So memory is bounded by a file, and a relay that is killed is followed by one that goes on behind the last
file. No store is asked while a transaction is open.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from taskforge import clock, faults
from taskforge.errors import NotFound, StaleVersion, Unavailable
from taskforge.leaving import archive, queries
from taskforge.leaving.section_pages import Page
from taskforge.leaving.sections import SECTIONS
from taskforge.messaging import queues
from taskforge.notification_kinds import NotificationKind
from taskforge.notifications.own_notices import notify_of_own
from taskforge.stores import sql
from taskforge.stores.actor import Actor

log = structlog.get_logger()
# Nobody else takes an export that is being written; the lease is renewed with each step.
LEASE = timedelta(seconds=60)
WRITE_SECONDS = 20.0
FILE_BYTES = 512_000  # a file ends with the page that reaches it
FILE_RECORDS = 1000
STALE_READS = 4
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
MAX_ATTEMPTS = 16  # without a step forward, over about nine hours
ABOUT = "about.json"


class Overtaken(Exception):
    """Another relay has made this step already."""


def write_due() -> int:
    """Write exports that are due, for at most `WRITE_SECONDS`; answers how many. Needs no Redis."""
    deadline, tried = time.monotonic() + WRITE_SECONDS, 0
    while time.monotonic() < deadline:
        at = clock.now()
        export = sql.row(queries.CLAIM_EXPORT, {"at": at, "leased_until": at + LEASE})
        if export is None:
            return tried
        tried += 1
        try:
            _write(dict(export), deadline)
        except Overtaken:
            continue
        except (Unavailable, StaleVersion) as error:
            log.info("export_postponed", export_id=export["export_id"], why=str(error))
            _postpone(export)
        except NotFound:  # the account was deleted
            _postpone(export, for_good=True)
        except Exception:
            log.exception("export_failed", export_id=export["export_id"])
            _postpone(export)
    return tried


def has_due(before: datetime) -> bool:
    """Whether an export has waited to be written since an instant."""
    return bool(sql.scalar(queries.HAS_DUE_EXPORT, {"before": before}))


def _write(export: dict[str, Any], deadline: float) -> None:
    """Write an export to its end, or until the deadline."""
    while export["section"] < len(SECTIONS):
        if export["attempts"] > MAX_ATTEMPTS or _is_too_large(export):
            _postpone(export, for_good=True)
            return
        if time.monotonic() > deadline:
            _release(export)
            return
        _step(export)


def _step(export: dict[str, Any]) -> None:
    """Read the next pages and store them; `export` says then how far it is."""
    section = SECTIONS[export["section"]]
    read = _read(export)
    records, cursor, is_end = read.records, read.cursor, read.cursor is None
    is_last = is_end and export["section"] == len(SECTIONS) - 1
    files: list[tuple[str, bytes]] = []
    if export["parts"] == 0:
        files.append((ABOUT, _as_json(_about(export))))
    is_whole = is_end and export["cursor"] is None
    if records or is_whole:
        number = "" if is_whole else f"-{export['parts']:05}"
        files.append((f"{section.name}{number}.json", _as_json(records)))
    files += read.files
    after = {
        "section": export["section"] + is_end,
        "cursor": None if is_end else cursor,
    }
    _store(export, files, after, len(records) if section.is_counted else 0, is_last=is_last)
    export |= after
    faults.point("export.part_written")


def _read(export: Mapping[str, Any]) -> Page:
    """The records of the next file."""
    actor = Actor(user_id=export["user_id"])
    read, cursor = SECTIONS[export["section"]].read, export["cursor"]
    records: list[Any] = []
    files: list[tuple[str, bytes]] = []
    size = 0
    while True:
        page = _read_settled(lambda at=cursor: read(actor, at))
        records += page.records
        files += page.files
        size += sum(len(_as_json(record)) for record in page.records)
        size += sum(len(content) for _, content in page.files)
        cursor = page.cursor
        if cursor is None or size >= FILE_BYTES or len(records) >= FILE_RECORDS:
            return Page(records, cursor, files)
        if not records:  # a long way without any: note how far it went
            return Page(records, cursor)


def _read_settled(read: Any) -> Any:
    """Read again what was changed between two stores, a few times."""
    for _ in range(STALE_READS - 1):
        try:
            return read()
        except StaleVersion:
            continue
    return read()


def _store(
    export: dict[str, Any],
    files: list[tuple[str, bytes]],
    after: Mapping[str, Any],
    records: int,
    *,
    is_last: bool,
) -> None:
    at = clock.now()
    packed = [archive.pack(name, content, export["requested_at"]) for name, content in files]
    size = sum(len(one.record) for one in packed)
    with sql.transaction() as connection:
        advanced = connection.execute(
            queries.ADVANCE_EXPORT,
            {
                **after,
                "export_id": export["export_id"],
                "old_section": export["section"],
                "old_cursor": export["cursor"],
                "parts": len(files),
                "size": size,
                "records": records,
                "is_last": is_last,
                "at": at,
                "leased_until": at + LEASE,
            },
        )
        if advanced.rowcount != 1:
            raise Overtaken()
        for number, ((name, _), one) in enumerate(zip(files, packed, strict=True)):
            part = {**one._asdict(), "name": name, "export_id": export["export_id"]}
            part["data"] = part.pop("record")
            connection.execute(queries.INSERT_PART, {**part, "number": export["parts"] + number})
        if is_last:
            notify_of_own(
                connection, export["export_id"], export["user_id"], NotificationKind.REPORT_READY
            )
    if is_last:
        queues.wake(queues.NOTIFICATIONS)
    export["parts"] += len(files)
    export["size"] += size
    export["attempts"] = 0


def _about(export: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "format": "taskforge-export",
        "version": 1,
        "userId": export["user_id"],
        "requestedAt": export["requested_at"],
        "sections": [section.name for section in SECTIONS],
        "documentation": "docs/export.md",
    }


def _is_too_large(export: Mapping[str, Any]) -> bool:
    return bool(export["parts"] >= archive.MAX_RECORDS or export["size"] >= archive.MAX_BYTES)


def _release(export: Mapping[str, Any]) -> None:
    """Let the next job go on at once."""
    _settle(export, retry_at=clock.now(), is_last=False)


def _postpone(export: Mapping[str, Any], *, for_good: bool = False) -> None:
    pause = min(FIRST_PAUSE * 2 ** (export["attempts"] - 1), LONGEST_PAUSE)
    _settle(export, retry_at=clock.now() + pause, is_last=for_good)


def _settle(export: Mapping[str, Any], *, retry_at: datetime, is_last: bool) -> None:
    parameters = {"export_id": export["export_id"], "at": clock.now()}
    sql.execute_now(
        queries.POSTPONE_EXPORT, {**parameters, "retry_at": retry_at, "is_last": is_last}
    )


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> str:
    """A value that JSON has no form for: an instant or a day as ISO 8601, others as text."""
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
