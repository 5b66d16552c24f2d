"""The bytes of files: shown where that is harmless, downloaded, as small pictures, and as pictures of their pages."""

from __future__ import annotations

from flask import Response

from taskforge.attachments.access import access_attachment
from taskforge.attachments.content_types import IMAGES
from taskforge.attachments.models import PENDING
from taskforge.errors import NotFound
from taskforge.identity.current import current_actor
from taskforge.identity.file_downloads import answer_file, answer_page, answer_thumbnail
from taskforge.stores.actor import Actor
from taskforge.web.attachments.routes import blueprint

# An image that small stands for its own thumbnail until that is made.
MAX_STANDING_IN_BYTES = 4_000_000


@blueprint.get("/attachments/<id:attachment_id>/file")
def file(attachment_id: str) -> Response:
    """A file: what is harmless is shown, everything else is downloaded."""
    return answer_file(current_actor(), attachment_id, inline=True)


@blueprint.get("/attachments/<id:attachment_id>/download")
def download(attachment_id: str) -> Response:
    """A file that is downloaded, whatever it is."""
    return answer_file(current_actor(), attachment_id)


@blueprint.get("/attachments/<id:attachment_id>/thumbnail")
def thumbnail(attachment_id: str) -> Response:
    """The small picture of an image or a PDF; until it is made, an image itself if it is not large."""
    actor = current_actor()
    try:
        return answer_thumbnail(actor, attachment_id)
    except NotFound:
        return _stand_in(actor, attachment_id)


@blueprint.get("/attachments/<id:attachment_id>/pages/<int:number>")
def page(attachment_id: str, number: int) -> Response:
    """The picture of a page of a PDF."""
    return answer_page(current_actor(), attachment_id, number)


def _stand_in(actor: Actor, attachment_id: str) -> Response:
    row = access_attachment(actor.user_id, attachment_id)
    is_small_image = row["mimetype"] in IMAGES and row["size"] <= MAX_STANDING_IN_BYTES
    if row["thumbnail"] != PENDING or not is_small_image:
        raise NotFound()
    return answer_file(actor, attachment_id, inline=True)
