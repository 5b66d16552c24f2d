"""Blobs and rows that belong together: the sweep of blobs without a row, and the doctor's checks (I18, I19).

A blob is written before its row. One that has no row a day later never will: its request was refused, or died. Nothing
that a row names is ever removed, neither here nor by the doctor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain, islice

import structlog
from sqlalchemy import text

from taskforge import clock
from taskforge.attachments.blob_keys import (
    FILES,
    PAGES,
    THUMBNAILS,
    file_key,
    keys_of,
    owner_of,
    page_key,
    thumbnail_key,
)
from taskforge.attachments.models import PENDING, READY
from taskforge.attachments.queries import ATTACHMENTS, KNOWN_IDS
from taskforge.errors import Unavailable
from taskforge.stores import blobs, sql
from taskforge.stores.invariants import pages
from taskforge.stores.violations import Violation
from taskforge.text.values import is_uuid

log = structlog.get_logger()
UNNAMED_FOR = timedelta(days=1)
THUMBNAIL_WITHIN = timedelta(minutes=10)
PAGE = 500
MOST_SWEPT = 100  # attachments
MOST_KEYS = (MOST_SWEPT + 1) * len(keys_of(""))
REMOVE, MAKE = "remove unnamed files", "make thumbnails"

_ALL = text(f"""
    SELECT attachment_id, size, sha256, thumbnail, coalesce(jsonb_array_length(page_sizes), 0) AS pages,
           greatest(uploaded_at, thumbnail_due_at) AS waits_since
    FROM   {ATTACHMENTS}
    WHERE  purged_at IS NULL
           AND (CAST(:after AS uuid) IS NULL OR attachment_id > CAST(:after AS uuid))
    ORDER  BY attachment_id
    LIMIT  :page
""")
_MAKE_AGAIN = text(f"""
    UPDATE attachments
    SET    thumbnail = '{PENDING}', thumbnail_attempts = 0, thumbnail_due_at = '-infinity'
    WHERE  attachment_id = ANY(CAST(:ids AS uuid[])) AND thumbnail IS NOT NULL
""")


def sweep_blobs(at: datetime | None = None) -> int:
    """Remove the blobs of attachments that no row names since a day; answers how many, 0 while the store is away.

    Those of more than `MOST_SWEPT` attachments are left to a person (the doctor names them, and removes them if it is
    told to): so many may mean that this PostgreSQL is not, or is older than, the one to which the files belong.
    """
    unnamed = chain.from_iterable(_unnamed((at or clock.now()) - UNNAMED_FOR))
    try:
        keys = list(islice(unnamed, MOST_KEYS))
        if len({owner_of(key) for key in keys}) > MOST_SWEPT:
            log.error("files_not_swept", why="too many have no row; see flask taskforge doctor")
            return 0
        blobs.store().delete(keys)
    except blobs.BlobsUnavailable:
        return 0
    return len(keys)


def wrong_blobs() -> Iterator[Violation]:
    """I18: each file has its bytes, as many as the row says and with its hash; no blob is unnamed for two days."""
    with _asking():
        for row in pages(_ALL, "attachment_id"):
            stored = blobs.store().stat(file_key(row["attachment_id"]))
            entity = f"attachment {row['attachment_id']}"
            if stored is None:
                yield Violation("I18", entity, "its file is not stored")
            elif (stored.size, bytes.fromhex(stored.sha256)) != (row["size"], bytes(row["sha256"])):
                yield Violation("I18", entity, "its file is not the one that was attached")
        for keys in _unnamed(clock.now() - 2 * UNNAMED_FOR):
            for key in keys:
                yield Violation("I18", f"blob {key}", "belongs to no attachment", REMOVE)


def wrong_thumbnails() -> Iterator[Violation]:
    """I19: each thumbnail and page that is said to be drawn is stored, and none waits for more than ten minutes."""
    late = clock.now() - THUMBNAIL_WITHIN
    with _asking():
        for row in pages(_ALL, "attachment_id"):
            entity = f"attachment {row['attachment_id']}"
            if row["thumbnail"] == READY:
                if any(blobs.store().stat(key) is None for key in _keys_of_pictures(row)):
                    yield Violation("I19", entity, "its thumbnail or a page is not stored", MAKE)
            elif row["thumbnail"] == PENDING and row["waits_since"] < late:
                yield Violation("I19", entity, "its thumbnail was not made", MAKE)


def _keys_of_pictures(row: sql.Row) -> Iterator[str]:
    yield thumbnail_key(row["attachment_id"])
    for number in range(1, row["pages"] + 1):
        yield page_key(row["attachment_id"], number)


def remove_unnamed(_violations: Sequence[Violation]) -> None:
    """Remove the blobs that no row names since a day, however many they are."""
    with _asking():
        for keys in _unnamed(clock.now() - UNNAMED_FOR):
            blobs.store().delete(keys)


def make_again(violations: Sequence[Violation]) -> None:
    """Have thumbnails made once more."""
    sql.execute_now(_MAKE_AGAIN, {"ids": [violation.entity_id for violation in violations]})


@contextmanager
def _asking() -> Iterator[None]:
    """Let the doctor say that the stores can't be compared, rather than that nothing is wrong."""
    try:
        yield
    except blobs.BlobsUnavailable as error:
        raise Unavailable("files can’t be looked at right now") from error


def _unnamed(before: datetime) -> Iterator[list[str]]:
    """The keys of blobs of attachments that were written before an instant and have no row, in pages."""
    for prefix in (FILES, THUMBNAILS, PAGES):
        after = prefix
        while page := blobs.store().list_keys(after, PAGE):
            after = page[-1][0]
            old = [
                key for key, written_at in page if key.startswith(prefix) and written_at < before
            ]
            ids = {owner_of(key) for key in old}
            known = {
                row["attachment_id"]
                for row in sql.rows(KNOWN_IDS, {"ids": list(filter(is_uuid, ids))})
            }
            if unnamed := [key for key in old if owner_of(key) not in known]:
                yield unnamed
            if not page[-1][0].startswith(prefix):
                break
