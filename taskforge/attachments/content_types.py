"""What is in a file, told by its first bytes: what its name or its sender says of it is not believed.

A name that promises an image or a PDF over other content is refused: it would deceive whoever opens it. Everything else
is taken as it is, and only what a browser can show without running anything is ever shown (`SHOWN_INLINE`).
"""

from __future__ import annotations

import mimetypes
from typing import IO

from taskforge.attachments.names import extension_of
from taskforge.errors import InvalidInput

HEAD_BYTES = 4096
FIELD = "file"
UNKNOWN = "application/octet-stream"
PLAIN_TEXT = "text/plain"
HTML, SVG, PDF, ZIP = "text/html", "image/svg+xml", "application/pdf", "application/zip"
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SHOWN_INLINE = IMAGES | {PLAIN_TEXT}
DRAWN = IMAGES | {PDF}  # what has a thumbnail, if it can be decoded
# The types that a name promises, by its extension.
_PROMISED = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": PDF,
}
# Text that says how it is to be shown, and could hold a script: never shown as what it is.
_MARKUP = {b"<svg": SVG, b"<html": HTML, b"<!doctype html": HTML, b"<script": HTML, b"<body": HTML}
# Types of text that are told apart by the name alone, and are harmless whatever they hold.
_TEXTS = frozenset({"text/csv", "text/markdown", "text/calendar", "text/tab-separated-values"})


def detect_type(file: IO[bytes], name: str) -> str:
    """The media type of a file that is at its beginning; it is there again afterwards.

    Raises:
        InvalidInput: the name promises an image or a PDF, and the content is something else.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    extension = extension_of(name)
    found = _detect(head, extension)
    promised = _PROMISED.get(extension)
    if promised is not None and promised != found:
        kind = extension.upper()
        raise InvalidInput.about(FIELD, f"has a name that ends in .{extension}, but is no {kind}")
    return found


def _detect(head: bytes, extension: str) -> str:
    own = _signature(head)
    if own is not None:
        return own
    text = _decoded(head)
    if text is not None:
        return _type_of_text(head, extension)
    from puremagic import PureError, magic_string  # 50 ms, for the few processes that need it

    try:
        candidates = [one for one in magic_string(head) if one.mime_type]
    except (PureError, ValueError):
        return UNKNOWN
    named = [one for one in candidates if one.extension == f".{extension}"]
    if head.startswith(b"PK\x03\x04") and not named:
        return ZIP
    best = (named or candidates)[0].mime_type if candidates else UNKNOWN
    # What browsers could run or show must have been told by its own signature.
    has_signature = best in SHOWN_INLINE or best == PDF or best.startswith("text/")
    return UNKNOWN if has_signature else best


def _signature(head: bytes) -> str | None:
    """The types that are shown, each by the signature that its decoders ask for."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return PDF
    return None


def _decoded(head: bytes) -> str | None:
    """The text that a beginning is, if it is one: UTF-8 without control characters. Its last letter may be cut off."""
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):
        return None
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and len(head) == HEAD_BYTES
        return head[: error.start].decode("utf-8-sig") if is_cut else None


def _type_of_text(head: bytes, extension: str) -> str:
    lower = head.lower()
    for mark, kind in _MARKUP.items():
        if mark in lower:
            return kind
    named = mimetypes.guess_type(f"file.{extension}")[0]
    return named if named in _TEXTS else PLAIN_TEXT
