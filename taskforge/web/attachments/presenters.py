"""Files for the templates: as tiles, as images in texts, and as previews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from taskforge.attachments.content_types import DRAWN, IMAGES, PDF
from taskforge.attachments.models import PENDING
from taskforge.stores import sql
from taskforge.text.own_files import PREFIX, InlineImage
from taskforge.text.people import person_of
from taskforge.web.attachments.kinds import face_of, kind_name, preview_of

# The box in which an image of a text is shown; a smaller one has its own size.
MAX_INLINE_WIDTH, MAX_INLINE_HEIGHT = 640, 400

NOT_SHOWN = "This kind of file isn’t shown here. Download it to open it."
NOT_DRAWN = (
    "This PDF can’t be shown here: it is protected by a password, damaged, or too much work to draw."
    " Download it to open it."
)
BEING_DRAWN = "The pages of this PDF are being drawn. That takes a moment."


def show_file(entry: Mapping[str, Any], *, cover_id: str | None = None) -> dict[str, Any]:
    """A file as a tile, from the list of its task or comment, or from its row."""
    has_thumbnail = entry["mimetype"] in DRAWN
    uploaded_at = entry["uploaded_at"]
    if isinstance(uploaded_at, str):
        uploaded_at = datetime.fromisoformat(uploaded_at)
    return {
        "attachment_id": entry["attachment_id"],
        "name": entry["name"],
        "size": show_size(entry["size"]),
        "uploaded_at": uploaded_at,
        "face": face_of(entry["name"]),
        "thumbnail": thumbnail_address(entry["attachment_id"]) if has_thumbnail else None,
        "is_image": entry["mimetype"] in IMAGES,
        "is_cover": entry["attachment_id"] == cover_id,
    }


def show_files(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of a task's or a comment's row as tiles, oldest first; none of a row that was read for a list."""
    cover_id = row.get("cover_id")
    entries = sorted(row.get("attachments", ()), key=lambda entry: str(entry["attachment_id"]))
    return [show_file(entry, cover_id=cover_id) for entry in entries]


def show_deleted(row: sql.Row, names: Mapping[str, str], *, may_restore: bool) -> dict[str, Any]:
    """A deleted file for the list of those that can be restored. `names` are those of people, by id."""
    shown = show_file(row)
    return {
        **shown,
        "thumbnail": None,
        "deleted_at": row["deleted_at"],
        "deleted_by": person_of(row["deleted_by"], names.get(row["deleted_by"])),
        "may_restore": may_restore,
    }


def show_preview(row: sql.Row, names: Mapping[str, str]) -> dict[str, Any]:
    """A file that is looked at, without the text of one that is a text. `names` are those of people, by id."""
    is_waiting = row["mimetype"] == PDF and row["thumbnail"] == PENDING
    return {
        **show_file(row),
        "kind": preview_of(row["mimetype"]),
        "kind_name": kind_name(row["mimetype"], row["name"]),
        "uploaded_by": person_of(row["uploaded_by"], names.get(row["uploaded_by"])),
        "url": url_for("attachments.file", attachment_id=row["attachment_id"]),
        "width": row["width"],
        "height": row["height"],
        "text": "",
        "is_cut": False,
        "pages": _show_pages(row),
        "pages_note": _note_of_pages(row),
        "extent": _extent_of(row),
        "is_waiting": is_waiting,
        "why_not": _why_not(row["mimetype"], is_waiting=is_waiting),
    }


def _show_pages(row: sql.Row) -> list[dict[str, Any]]:
    """The pages of a PDF that were drawn."""
    return [
        {
            "number": number,
            "width": width,
            "height": height,
            "url": url_for("attachments.page", attachment_id=row["attachment_id"], number=number),
            "alt": f"Page {number} of {row['page_count']} of {row['name']}",
        }
        for number, (width, height) in enumerate(row["page_sizes"] or (), 1)
    ]


def _note_of_pages(row: sql.Row) -> str:
    """What is said below the drawn pages of a PDF that has more of them."""
    drawn, count = len(row["page_sizes"] or ()), row["page_count"]
    if not drawn or drawn == count:
        return ""
    shown = "the first page is" if drawn == 1 else f"the first {drawn} pages are"
    return f"Only {shown} shown here. All {count} are in the download."


def _extent_of(row: sql.Row) -> str:
    """How large an image or a PDF is: ``300 × 200``, ``12 pages``."""
    if row["page_count"]:
        return "1 page" if row["page_count"] == 1 else f"{row['page_count']} pages"
    return f"{row['width']} × {row['height']}" if row["width"] else ""


def _why_not(mimetype: str, *, is_waiting: bool) -> str:
    """What is said in the place of a file that is not shown."""
    if mimetype != PDF:
        return NOT_SHOWN
    return BEING_DRAWN if is_waiting else NOT_DRAWN


def show_neighbours(rows: Sequence[sql.Row], attachment_id: str) -> dict[str, Any]:
    """Where a file stands among those of its task, and the addresses of those before and behind it."""
    ids = [row["attachment_id"] for row in rows]
    if attachment_id not in ids:
        return {"place": 1, "count": 1, "previous_url": None, "next_url": None}
    place = ids.index(attachment_id)
    return {
        "place": place + 1,
        "count": len(ids),
        "previous_url": view_address(ids[place - 1]) if place else None,
        "next_url": view_address(ids[place + 1]) if place + 1 < len(ids) else None,
    }


def inline_images(rows: Iterable[sql.Row]) -> dict[str, InlineImage]:
    """The images among some files, as texts show them: their preview in the size in which it is seen."""
    return {
        row["attachment_id"]: InlineImage(
            thumbnail_address(row["attachment_id"]), *_fit(row["width"], row["height"])
        )
        for row in rows
        if row["mimetype"] in IMAGES and row["width"]
    }


def view_address(attachment_id: str) -> str:
    """The page of a file."""
    return url_for("attachments.view", attachment_id=attachment_id)


def thumbnail_address(attachment_id: str) -> str:
    """Where the preview of an image is."""
    return f"{PREFIX}{attachment_id}/thumbnail"  # not by `url_for`, which is slow: a board may need it 200 times


def show_size(size_bytes: int) -> str:
    """A file's size with a unit, such as ``1.4 MB``."""
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _fit(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, MAX_INLINE_WIDTH / width, MAX_INLINE_HEIGHT / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
