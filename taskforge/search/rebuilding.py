"""Rebuilds the search projection from nothing, a page at a time, while everything goes on.

Each kind remembers up to which id it has come, so that it can be interrupted anywhere. The relay does it by itself
after the release that brings the projection, or another form of its words; ``flask taskforge reindex`` does it at once.
Both may run together: an entry that is up to date is not written again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from taskforge import clock
from taskforge.search.feed import begin_feed, refresh
from taskforge.search.sources import BY_KIND, SOURCES
from taskforge.search_entries import statements
from taskforge.search_entries.source import Source
from taskforge.stores import sql
from taskforge.text.search_words import FORM

PAGE = 200
DELETED_AT_ONCE = 5_000
TURN_SECONDS = 0.3
IDLE_SECONDS = 60.0  # between looks for something to rebuild, where there was nothing


def begin(*, again: bool = False) -> None:
    """Note that every kind is to be rebuilt that never was in the present form of the words; with `again` every one.

    Kinds that a newer release has rebuilt in a later form are left to it. What is changed from now on is fed, so that
    nothing is missed that is changed behind the page that was read.
    """
    begin_feed()
    names = [source.kind for source in SOURCES]
    sql.execute_now(statements.BEGIN_KIND, {"names": names, "form": FORM, "again": again})
    for row in unfinished():
        if row["total"] is None:
            sql.execute_now(statements.note_total(BY_KIND[row["name"]]))


def unfinished() -> Sequence[sql.Row]:
    """The kinds that are being rebuilt, with ``name``, ``after_id`` (how far it has come) and ``total`` (rows)."""
    return sql.rows(statements.UNFINISHED, {"form": FORM})


def count_left() -> int:
    """How many rows are still to be looked at."""
    return sum(
        int(sql.scalar(statements.count_rows(BY_KIND[row["name"]]), {"after": row["after_id"]}))
        for row in unfinished()
    )


def rebuild() -> Iterator[int]:
    """Go on with what `begin` noted until it is done; yields how many rows each step looked at.

    Raises:
        DocumentsUnavailable: MongoDB can't be asked for texts; another call goes on from there.
        Unavailable: PostgreSQL can't be asked.
    """
    names = {row["name"]: row["after_id"] for row in unfinished()}
    for source in SOURCES:
        if source.kind not in names:
            continue
        after, is_last = names[source.kind], False
        while not is_last:
            page = sql.rows(statements.row_ids(source), {"after": after, "page": PAGE})
            ids, is_last = [row["id"] for row in page], len(page) < PAGE
            refresh(source, ids, needs_texts=True)
            after = ids[-1] if ids else after
            _advance(source.kind, after, len(ids), is_last)
            yield len(ids)
        _drop_dead(source)


def drop_everything() -> Iterator[int]:
    """Delete all entries, in batches; yields how many. Nothing is found meanwhile that was not made again."""
    while deleted := sql.execute_now(statements.DELETE_SOME, {"limit": DELETED_AT_ONCE}):
        yield deleted


def count_entries() -> int:
    """How many entries there are."""
    return int(sql.scalar(statements.COUNT_ENTRIES))


class Rebuilder:
    """The relay's part: begins when the projection is new, and goes on for a part of each second.

    Where nothing is left it looks again only now and then: somebody may have begun a rebuild and stopped.
    """

    def __init__(self) -> None:
        self._begun = False
        self._look_again_at = 0.0  # of the monotonic clock

    def is_due(self) -> bool:
        """Whether there is something to do, or it is time to look for it."""
        return time.monotonic() >= self._look_again_at

    def __call__(self) -> None:
        """Do some of what is left."""
        if not self._begun:
            begin()
            self._begun = True
        deadline = time.monotonic() + TURN_SECONDS
        for _ in rebuild():
            if time.monotonic() > deadline:
                return
        self._look_again_at = time.monotonic() + IDLE_SECONDS


def _drop_dead(source: Source) -> None:
    dead, last = _dead_ids(source), None
    while dead and dead != last:
        refresh(source, dead)
        dead, last = _dead_ids(source), dead


def _dead_ids(source: Source) -> list[str]:
    return [row["id"] for row in sql.rows(statements.dead_ids(source), {"page": PAGE})]


def _advance(kind: str, after: str | None, count: int, is_last: bool) -> None:
    finished_at = clock.now() if is_last else None
    sql.execute_now(
        statements.ADVANCE_KIND,
        {
            "name": kind,
            "after": after,
            "count": count,
            "form": FORM,
            "finished_at": finished_at,
        },
    )
