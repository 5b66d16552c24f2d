"""What pages and API have in common where somebody takes their data away."""

from __future__ import annotations

from flask import Response, stream_with_context
from limits import RateLimitItemPerHour

from taskforge.http import rate_limits
from taskforge.leaving import exports
from taskforge.stores.actor import Actor

DOWNLOADS_PER_HOUR = 20


def answer_export(actor: Actor, export_id: str) -> Response:
    """The archive of an export as a file, read from the store a piece at a time.

    Raises:
        NotFound: the actor has no such export, or it is not ready.
        RateLimited: they have downloaded too much within an hour.
    """
    limit = RateLimitItemPerHour(DOWNLOADS_PER_HOUR, namespace=f"export:{actor.user_id}")
    rate_limits.require_left(limit)
    download = exports.open_export(actor, export_id)
    rate_limits.count(limit)
    pieces = stream_with_context(download.pieces)  # they are read while they are sent
    response = Response(pieces, mimetype="application/zip")
    response.content_length = download.size
    response.headers["Content-Disposition"] = f'attachment; filename="{download.name}"'
    return response


def show_size(size_bytes: int) -> str:
    """The size of an archive with a unit, such as ``1.4 MB``."""
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.1f} {unit}" if unit == "MB" else f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
