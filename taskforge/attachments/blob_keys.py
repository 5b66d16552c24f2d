"""The keys under which the blob store has the bytes of attachments, their thumbnails, and the pages of PDFs."""

from __future__ import annotations

FILES, THUMBNAILS, PAGES = "a/", "t/", "p/"
MAX_PAGES = 20  # of a PDF that are drawn


def file_key(attachment_id: str) -> str:
    """The key of a file's bytes."""
    return f"{FILES}{attachment_id}"


def thumbnail_key(attachment_id: str) -> str:
    """The key of its thumbnail."""
    return f"{THUMBNAILS}{attachment_id}"


def page_key(attachment_id: str, number: int) -> str:
    """The key of the picture of a page, counted from 1."""
    return f"{PAGES}{attachment_id}/{number}"


def keys_of(attachment_id: str) -> list[str]:
    """The keys of all that can be stored of a file."""
    pages = [page_key(attachment_id, number) for number in range(1, MAX_PAGES + 1)]
    return [file_key(attachment_id), thumbnail_key(attachment_id), *pages]


def owner_of(key: str) -> str:
    """The id of the attachment to which a key of this module belongs; whatever stands there in any other key."""
    return key.split("/", 2)[1]
