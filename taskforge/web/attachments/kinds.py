"""What pages call a kind of file, how its sheet looks, and how it can be looked at."""

from __future__ import annotations

from typing import Literal, NamedTuple

from taskforge.attachments.content_types import HTML, IMAGES, PDF, PLAIN_TEXT, SVG, ZIP
from taskforge.attachments.names import extension_of

MAX_LABEL = 4
NO_EXTENSION = "FILE"

Preview = Literal["image", "text", "pdf", "none"]


class Face(NamedTuple):
    """The sheet that stands for a file: a few letters, and a hue (0: none)."""

    label: str
    hue: int


# The hue of a sheet, by extension: what is alike looks alike.
_HUES = {
    **dict.fromkeys(("pdf",), 5),
    **dict.fromkeys(("doc", "docx", "odt", "rtf", "pages", "md", "txt"), 1),
    **dict.fromkeys(("xls", "xlsx", "ods", "csv", "tsv", "numbers"), 3),
    **dict.fromkeys(("ppt", "pptx", "odp", "key"), 4),
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "svg", "heic", "fig", "psd"), 6),
    **dict.fromkeys(("mp4", "mov", "webm", "mp3", "wav", "ogg", "m4a"), 2),
}
_NAMES = {
    "image/png": "PNG image",
    "image/jpeg": "JPEG image",
    "image/gif": "GIF image",
    "image/webp": "WebP image",
    SVG: "SVG drawing",
    HTML: "Web page",
    "text/csv": "Table of comma-separated values",
    "text/markdown": "Markdown text",
    ZIP: "ZIP archive",
    PDF: "PDF document",
    PLAIN_TEXT: "Text",
}


def face_of(name: str) -> Face:
    """The sheet of a file, by the extension of its name."""
    extension = extension_of(name)
    if not (extension.isascii() and extension.isalnum() and len(extension) <= MAX_LABEL):
        return Face(NO_EXTENSION, 0)
    return Face(extension.upper(), _HUES.get(extension, 0))


def kind_name(mimetype: str, name: str) -> str:
    """What a file is, in words."""
    known = _NAMES.get(mimetype)
    if known:
        return known
    face = face_of(name)
    return "File" if face.label == NO_EXTENSION else f"{face.label} file"


def preview_of(mimetype: str) -> Preview:
    """How a page shows a file. By the type that was found in its content, never by its name."""
    if mimetype in IMAGES:
        return "image"
    if mimetype.startswith("text/") or mimetype == SVG:
        return "text"  # as it is written: nothing of it is drawn or run
    return "pdf" if mimetype == PDF else "none"
