"""The doctor's check that the search projection says what rows and documents say (I21), and its repair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from taskforge.audit import tail
from taskforge.search.feed import EVENTS, refresh
from taskforge.search.sources import BY_KIND, SOURCES
from taskforge.search_entries import statements
from taskforge.search_entries.source import Source
from taskforge.stores import sql
from taskforge.stores.violations import Violation
from taskforge.text.search_words import FORM

MAKE_AGAIN = "make search entries"
PAGE = 500


def wrong_entries() -> Iterator[Violation]:
    """Entries that are missing, out of date, without their text, or of something that is gone.

    What the relay has yet to feed or to rebuild is not counted.
    """
    progress = sql.row(statements.FIND_PROGRESS, {"name": EVENTS})
    if progress is None:
        return
    rebuilding = {row["name"] for row in sql.rows(statements.INCOMPLETE, {"form": FORM})}
    for source in SOURCES:
        if source.kind not in rebuilding:
            yield from _wrong_of(source, progress["seq"])


def make_again(violations: Sequence[Violation]) -> None:
    """Make the entries again from rows and documents."""
    by_kind = defaultdict(list)
    for violation in violations:
        by_kind[violation.part].append(violation.entity_id)
    for kind, ids in by_kind.items():
        refresh(BY_KIND[kind], ids)


def _wrong_of(source: Source, seq: int) -> Iterator[Violation]:
    after, is_last = None, False
    while not is_last:
        page = sql.rows(statements.row_ids(source), {"after": after, "page": PAGE})
        ids, is_last = [row["id"] for row in page], len(page) < PAGE
        after = ids[-1] if ids else after
        wrong = sql.rows(statements.changed_rows(source), {"ids": ids})
        yield from _violations(
            source, [row["entity_id"] for row in wrong], seq, "is not found as it is"
        )
    dead = [row["id"] for row in sql.rows(statements.dead_ids(source), {"page": PAGE})]
    yield from _violations(source, dead, seq, "is gone, and has a search entry")


def _violations(source: Source, ids: Sequence[str], seq: int, detail: str) -> Iterator[Violation]:
    ahead = tail.list_ahead(ids, seq) if ids else set()
    for entity_id in ids:
        if entity_id not in ahead:
            entity = f"{source.entity_type} {entity_id}"
            yield Violation("I21", entity, detail, MAKE_AGAIN, source.kind)
