"""Makes the thumbnails of attached images: background work of the relay, one image at a time.

Decoding what somebody sent takes memory and time, and is where a hostile file would strike. So each image is decoded by
a process of its own (`taskforge.attachments.thumbnailer`), which knows no secret, may use a bounded amount of memory
and time, and is gone afterwards. An image that it can't decode has no thumbnail.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import text

from taskforge import clock
from taskforge.attachments.blob_keys import file_key, thumbnail_key
from taskforge.attachments.models import FAILED, PENDING, READY
from taskforge.stores import blobs, sql

log = structlog.get_logger()
ROOT = Path(__file__).parents[2]
MEDIA_TYPE = "image/webp"
MAX_BYTES = 1_000_000  # of a thumbnail: 640 × 640 pixels never have as many
MAX_ATTEMPTS = 3
LEASE = timedelta(minutes=2)
WORK_SECONDS = 20.0
TIMEOUT_SECONDS = 60.0

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
    RETURNING attachment_id, thumbnail_attempts
""")
# A try that the store was away for does not count, but waits for its turn.
_POSTPONE = text("""
    UPDATE attachments
    SET    thumbnail_attempts = thumbnail_attempts - 1
    WHERE  attachment_id = :attachment_id
""")
_SETTLE = text("""
    UPDATE attachments
    SET    thumbnail = :state
    WHERE  attachment_id = :attachment_id
""")
_HAS_DUE = text(f"""
    SELECT EXISTS (
        SELECT
        FROM   attachments
        WHERE  thumbnail = '{PENDING}' AND thumbnail_due_at <= :at)
""")


def has_due() -> bool:
    """Whether a thumbnail waits to be made."""
    return bool(sql.scalar(_HAS_DUE, {"at": clock.now()}))


def make_due() -> int:
    """Make thumbnails that are due, for at most `WORK_SECONDS`; answers how many were settled. Needs no Redis.

    Ends at once where the blob store is away.
    """
    deadline, settled = time.monotonic() + WORK_SECONDS, 0
    while time.monotonic() < deadline:
        at = clock.now()
        claimed = sql.row(_CLAIM, {"at": at, "leased_until": at + LEASE})
        if claimed is None or not _make(claimed["attachment_id"], claimed["thumbnail_attempts"]):
            break
        settled += 1
    return settled


def _make(attachment_id: str, attempts: int) -> bool:
    """Make one; False where the blob store is away, and it is tried again later."""
    try:
        made = _thumbnail_of(attachment_id) if attempts <= MAX_ATTEMPTS else None
        if made is not None:
            blobs.store().write(thumbnail_key(attachment_id), [made])
    except blobs.BlobsUnavailable as error:
        log.info("thumbnail_postponed", attachment_id=attachment_id, why=str(error))
        sql.execute_now(_POSTPONE, {"attachment_id": attachment_id})
        return False
    except blobs.BlobMissing:
        made = None
    state = FAILED if made is None else READY
    sql.execute_now(_SETTLE, {"attachment_id": attachment_id, "state": state})
    return True


def _thumbnail_of(attachment_id: str) -> bytes | None:
    """The thumbnail as WebP; None where the image can't be decoded."""
    with tempfile.TemporaryFile() as file:
        for piece in blobs.store().read(file_key(attachment_id)):
            file.write(piece)
        file.seek(0)
        try:
            made = subprocess.run(
                [sys.executable, "-m", "taskforge.attachments.thumbnailer"],
                stdin=file,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
                check=False,
            )
        except subprocess.TimeoutExpired:
            log.warning("thumbnail_took_too_long", attachment_id=attachment_id)
            return None
    if made.returncode != 0 or not 0 < len(made.stdout) <= MAX_BYTES:
        why = made.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        log.info("thumbnail_failed", attachment_id=attachment_id, why=why[:200])
        return None
    return made.stdout
