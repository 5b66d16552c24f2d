"""Answers with attached files, their thumbnails and the pictures of their pages, for the API and the pages."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from taskforge.attachments.access import access_attachment
from taskforge.attachments.blob_keys import file_key, page_key, thumbnail_key
from taskforge.attachments.content_types import SHOWN_INLINE
from taskforge.attachments.models import READY
from taskforge.attachments.thumbnails import MEDIA_TYPE
from taskforge.errors import NotFound, Unavailable
from taskforge.http.file_answers import File, answer_with_file
from taskforge.stores import blobs, sql
from taskforge.stores.actor import Actor

# Who may see it no more is not asked again for a day; what is behind the address never changes.
KEPT_FOR_A_DAY = "private, max-age=86400, immutable"
AWAY = "Files can’t be read right now. Please try again in a moment."
LOST = "The content of this file is not stored any more."


def answer_file(actor: Actor, attachment_id: str, *, inline: bool = False) -> Response:
    """The answer with a file, or the part of it that is asked for; `inline` has a browser show what is harmless.

    Raises:
        NotFound: no such file, deleted, or its task is not visible to the actor.
        Unavailable: the blob store can't be asked.
    """
    row = access_attachment(actor.user_id, attachment_id)
    file = File(
        name=row["name"],
        mimetype=row["mimetype"],
        size=row["size"],
        sha256=bytes(row["sha256"]).hex(),
        written_at=row["uploaded_at"],
    )
    return answer_with_file(
        file,
        lambda start, length: _read(file_key(attachment_id), start, length),
        inline=inline and row["mimetype"] in SHOWN_INLINE,
    )


def answer_thumbnail(actor: Actor, attachment_id: str) -> Response:
    """The answer with the thumbnail of an image or a PDF.

    Raises:
        NotFound: like `answer_file`; or it has none, or none yet.
        Unavailable: the blob store can't be asked.
    """
    row = access_attachment(actor.user_id, attachment_id)
    if row["thumbnail"] != READY:
        raise NotFound()
    return _answer_picture(row, thumbnail_key(attachment_id), "thumbnail.webp")


def answer_page(actor: Actor, attachment_id: str, number: int) -> Response:
    """The answer with the picture of a page of a PDF, counted from 1.

    Raises:
        NotFound: like `answer_file`; or the page is not drawn, or not yet.
        Unavailable: the blob store can't be asked.
    """
    row = access_attachment(actor.user_id, attachment_id)
    if not 1 <= number <= len(row["page_sizes"] or ()):
        raise NotFound()
    return _answer_picture(row, page_key(attachment_id, number), f"page-{number}.webp")


def _answer_picture(row: sql.Row, key: str, name: str) -> Response:
    try:
        stored = blobs.store().stat(key)
    except blobs.BlobsUnavailable as error:
        raise Unavailable(AWAY) from error
    if stored is None:
        raise NotFound(LOST)
    file = File(
        name=name,
        mimetype=MEDIA_TYPE,
        size=stored.size,
        sha256=stored.sha256,
        written_at=row["uploaded_at"],
    )
    return answer_with_file(
        file,
        lambda start, length: _read(key, start, length),
        inline=True,
        cache_control=KEPT_FOR_A_DAY,
    )


def _read(key: str, start: int, length: int) -> Iterator[bytes]:
    try:
        return blobs.store().read(key, start, length)
    except blobs.BlobsUnavailable as error:
        raise Unavailable(AWAY) from error
    except blobs.BlobMissing as error:
        raise NotFound(LOST) from error
