"""Feeds the search projection with what has changed, after the commit: a part of the relay, in batches.

It has a thread of its own there: the words of one long text take up to seconds, and nothing else may wait for them.

The audit log says what has changed (`taskforge.audit.tail`), the rows and documents what it is now. Whatever is fed
twice, late or by two relays at once comes to the same: an entry is written under a lock, and only while its row is
still in the state that was read. A relay that is killed anywhere goes on behind the last link that it finished.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import structlog

from taskforge import faults
from taskforge.attachments.queries import ATTACHMENT_IDS_OF_COMMENTS
from taskforge.audit import tail
from taskforge.search.sources import BY_ENTITY_TYPE, BY_KIND, entry_of
from taskforge.search_entries import statements
from taskforge.search_entries.source import Entry, Source
from taskforge.stores import mongo, sql
from taskforge.stores.documents import read_for_index
from taskforge.stores.prepared_statements import prepared

log = structlog.get_logger()
BATCH = 500  # events at once
MAX_BATCHES = 20  # of one turn
ENTRIES_AT_ONCE = 100
WRITTEN_AT_ONCE = (
    500_000  # characters of vectors: one statement must be through before its time limit
)
EVENTS = "events"
_FILES_OF_COMMENTS = prepared(ATTACHMENT_IDS_OF_COMMENTS)


def feed() -> int:
    """Bring the projection up to date with all that is committed; answers how many entries were written.

    Raises:
        Unavailable: PostgreSQL can't be asked; the next turn goes on where this one ended.
    """
    written, after = 0, begin_feed()
    for _ in range(MAX_BATCHES):
        events = tail.list_events(after, limit=BATCH)
        if not events:
            break
        written += _feed_entities(events)
        last = max((event["seq"] for event in events if event["seq"] is not None), default=after)
        if last == after:
            break
        after = last
        sql.execute_now(statements.ADVANCE_EVENTS, {"seq": after})
        if len(events) < BATCH:
            break
    return written


def has_due() -> bool:
    """Whether something is committed that the projection was not fed with."""
    return bool(tail.list_events(begin_feed(), limit=1))


def begin_feed() -> int:
    """The link up to which the projection was fed. The first time it is the newest: what was before is rebuilt."""
    progress = sql.row(statements.FIND_PROGRESS, {"name": EVENTS})
    if progress is None:
        sql.execute_now(statements.BEGIN_EVENTS, {"seq": tail.last_seq()})
        progress = sql.row(statements.FIND_PROGRESS, {"name": EVENTS})
    return 0 if progress is None else int(progress["seq"])


def read_again(limit: int = ENTRIES_AT_ONCE) -> int:
    """Make entries again whose texts could not be read; answers how many were written."""
    by_kind = defaultdict(list)
    for row in sql.rows(statements.UNREAD, {"limit": limit}):
        by_kind[row["kind"]].append(row["entity_id"])
    return sum(refresh(BY_KIND[kind], ids) for kind, ids in by_kind.items())


def refresh(source: Source, ids: Sequence[str], *, needs_texts: bool = False) -> int:
    """Write the entries of some entities of one kind as they are now, and delete those of what is gone; how many.

    Where MongoDB can't be asked for a text, its entry has the names alone, and `read_again` completes it.

    Raises:
        DocumentsUnavailable: a text could not be asked for, and `needs_texts` was given.
        Unavailable: PostgreSQL can't be asked.
    """
    written = 0
    for start in range(0, len(ids), ENTRIES_AT_ONCE):
        some = list(ids[start : start + ENTRIES_AT_ONCE])
        rows = sql.rows(statements.changed_rows(source), {"ids": some})
        contents = _read_contents(source, rows, needs_texts)
        entries = [entry_of(source, row, contents.get(row["entity_id"])) for row in rows]
        faults.point("search.read")
        for together in _parts(entries):
            written += _write(source, some, together)
        faults.point("search.written")
    return written


def _parts(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in parts that are written at once, at least one, which may be empty."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        size += len(entry.names) + len(entry.texts or "")
        if part and size > WRITTEN_AT_ONCE:
            yield part
            part, size = [], len(entry.names) + len(entry.texts or "")
        part.append(entry)
    yield part


def _feed_entities(events: Sequence[sql.Row]) -> int:
    by_type: dict[str, dict[str, None]] = defaultdict(dict)
    for event in events:
        by_type[event["entity_type"]][event["entity_id"]] = None
    if comment_ids := list(by_type.get("comment", ())):  # their files come and go with them
        files = sql.rows(_FILES_OF_COMMENTS, {"comment_ids": comment_ids})
        by_type["attachment"] |= dict.fromkeys(row["attachment_id"] for row in files)
    known = {kind: ids for kind, ids in by_type.items() if kind in BY_ENTITY_TYPE}
    return sum(refresh(BY_ENTITY_TYPE[kind], list(ids)) for kind, ids in known.items())


def _read_contents(
    source: Source, rows: Sequence[sql.Row], needs_texts: bool
) -> dict[str, dict[str, object]]:
    if source.content is None or not rows:
        return {}
    try:
        versions = {row["entity_id"]: row["doc_version"] for row in rows}
        return read_for_index(source.content, versions)
    except mongo.DocumentsUnavailable as error:
        if needs_texts:
            raise
        log.info("search_texts_missing", kind=source.kind, why=str(error))
        return {}


def _write(source: Source, ids: Sequence[str], entries: Sequence[Entry]) -> int:
    with sql.transaction() as connection:
        connection.execute(statements.LOCK)
        connection.execute(statements.delete_dead(source), {"ids": ids})
        if not entries:
            return 0
        written = connection.execute(
            statements.write_entries(source),
            {
                "ids": [entry.entity_id for entry in entries],
                "fingerprints": [entry.fingerprint for entry in entries],
                "are_whole": [entry.is_whole for entry in entries],
                "board_ids": [entry.board_id for entry in entries],
                "task_ids": [entry.task_id for entry in entries],
                "names": [entry.names for entry in entries],
                "texts": [entry.texts for entry in entries],
                "bodies": [entry.body for entry in entries],
            },
        )
        return int(written.rowcount)
