"""The keys under which the blob store has the bytes of attachments and their thumbnails."""

from __future__ import annotations

FILES, THUMBNAILS = "a/", "t/"


def file_key(attachment_id: str) -> str:
    """The key of a file's bytes."""
    return f"{FILES}{attachment_id}"


def thumbnail_key(attachment_id: str) -> str:
    """The key of its thumbnail."""
    return f"{THUMBNAILS}{attachment_id}"
