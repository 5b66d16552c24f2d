"""Draws attached images and PDFs, as thumbnails and pages: background work of the relay, one file at a time.

Decoding what somebody sent takes memory and time, and is where a hostile file would strike. So each file is decoded by
a process of its own (`thumbnailer` for images, `page_drawer` for PDFs), which knows no secret, may use a bounded amount
of memory and time, and is gone afterwards. What it can't decode has no thumbnail; of a PDF, the pages are kept that
were drawn until then.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import IO, NamedTuple

import structlog
from sqlalchemy import text

from taskforge import clock
from taskforge.attachments.blob_keys import MAX_PAGES, file_key, page_key, thumbnail_key
from taskforge.attachments.content_types import PDF
from taskforge.attachments.limited_process import run_limited
from taskforge.attachments.models import FAILED, PENDING, READY
from taskforge.attachments.page_frames import read_count, read_pictures
from taskforge.stores import blobs, sql

log = structlog.get_logger()
MEDIA_TYPE = "image/webp"
THUMBNAILER, PAGE_DRAWER = "taskforge.attachments.thumbnailer", "taskforge.attachments.page_drawer"
MAX_BYTES = 1_000_000  # of a thumbnail: 640 × 640 pixels never have as many
MAX_ATTEMPTS = 3
LEASE = timedelta(minutes=2)
WORK_SECONDS = 20.0

# Takes the longest due one. The attempt is counted before it is made, so that an image that kills its relay runs out
# of attempts too.
_CLAIM = text(f"""
    UPDATE attachments
    SET    thumbnail_attempts = thumbnail_attempts + 1, thumbnail_due_at = :leased_until
    WHERE  attachment_id = ANY(ARRAY(
               SELECT attachment_id
               FROM   attachments
               WHERE  thumbnail = '{PENDING}' AND thumbnail_due_at <= :at
               ORDER  BY thumbnail_due_at
               LIMIT  1
               FOR UPDATE SKIP LOCKED))
    RETURNING attachment_id, thumbnail_attempts, mimetype
""")
# A try that the store was away for does not count, but waits for its turn.
_POSTPONE = text("""
    UPDATE attachments
    SET    thumbnail_attempts = thumbnail_attempts - 1
    WHERE  attachment_id = :attachment_id
""")
_SETTLE = text("""
    UPDATE attachments
    SET    thumbnail = :state, page_count = :page_count, page_sizes = CAST(:page_sizes AS jsonb)
    WHERE  attachment_id = :attachment_id
""")
_HAS_DUE = text(f"""
    SELECT EXISTS (
        SELECT
        FROM   attachments
        WHERE  thumbnail = '{PENDING}' AND thumbnail_due_at <= :at)
""")


class _Drawn(NamedTuple):
    """What was made of a file: its thumbnail as WebP; of a PDF how many pages it has, and the sizes of those drawn."""

    thumbnail: bytes
    page_count: int | None = None
    page_sizes: Sequence[tuple[int, int]] | None = None


def has_due() -> bool:
    """Whether a thumbnail waits to be made."""
    return bool(sql.scalar(_HAS_DUE, {"at": clock.now()}))


def make_due() -> int:
    """Draw files that are due, for at most `WORK_SECONDS`; answers how many were settled. Needs no Redis.

    Ends at once where the blob store is away.
    """
    deadline, settled = time.monotonic() + WORK_SECONDS, 0
    while time.monotonic() < deadline:
        at = clock.now()
        claimed = sql.row(_CLAIM, {"at": at, "leased_until": at + LEASE})
        if claimed is None or not _make(claimed):
            break
        settled += 1
    return settled


def _make(file: sql.Row) -> bool:
    """Make one; False where the blob store is away, and it is tried again later."""
    attachment_id = file["attachment_id"]
    try:
        drawn = _draw(file) if file["thumbnail_attempts"] <= MAX_ATTEMPTS else None
        if drawn is not None:
            blobs.store().write(thumbnail_key(attachment_id), [drawn.thumbnail])
    except blobs.BlobsUnavailable as error:
        log.info("thumbnail_postponed", attachment_id=attachment_id, why=str(error))
        sql.execute_now(_POSTPONE, {"attachment_id": attachment_id})
        return False
    except blobs.BlobMissing:
        drawn = None
    sizes = drawn.page_sizes if drawn else None
    settled = {
        "attachment_id": attachment_id,
        "state": READY if drawn else FAILED,
        "page_count": drawn.page_count if drawn else None,
        "page_sizes": None if sizes is None else json.dumps(sizes),
    }
    sql.execute_now(_SETTLE, settled)
    return True


def _draw(file: sql.Row) -> _Drawn | None:
    """Draw a file and store its pages; None where it can't be decoded."""
    attachment_id, is_pdf = file["attachment_id"], file["mimetype"] == PDF
    with tempfile.TemporaryFile() as content, tempfile.TemporaryFile() as output:
        for piece in blobs.store().read(file_key(attachment_id)):
            content.write(piece)
        content.seek(0)
        why = run_limited(PAGE_DRAWER if is_pdf else THUMBNAILER, content, output)
        drawn = _store_pages(attachment_id, output) if is_pdf else None
        if not is_pdf and not why and 0 < len(made := output.read(MAX_BYTES + 1)) <= MAX_BYTES:
            drawn = _Drawn(made)
    if why or drawn is None:
        log.info("thumbnail_failed", attachment_id=attachment_id, why=why)
    return drawn


def _store_pages(attachment_id: str, output: IO[bytes]) -> _Drawn | None:
    """Store the pages that were drawn of a PDF, one at a time; None where not even the first one was."""
    page_count = read_count(output)
    pictures = read_pictures(output, 1 + min(page_count, MAX_PAGES))
    thumbnail = next(pictures, None)
    sizes = []
    for number, picture in enumerate(pictures, 1):
        blobs.store().write(page_key(attachment_id, number), [picture.content])
        sizes.append((picture.width, picture.height))
    if thumbnail is None or not sizes or len(thumbnail.content) > MAX_BYTES:
        return None
    return _Drawn(thumbnail.content, page_count, sizes)
