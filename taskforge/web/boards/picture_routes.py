"""The pictures of a board's people as one image."""

from __future__ import annotations

import gzip

from flask import Response, request

from taskforge.accounts import picture_store
from taskforge.errors import NotFound
from taskforge.tasks.board.filters import CardFilter
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.picture_sheet import picture_sheet
from taskforge.web.boards.presenters import preload_board
from taskforge.web.picture_answers import is_kept, keep_picture


@blueprint.get("/boards/<id:board_id>/pictures/<sheet_name>")
def pictures(board_id: str, sheet_name: str) -> Response:
    """The pictures of a board's people. Once one is replaced or removed, or somebody goes, the old image is gone."""
    sheet = picture_sheet(preload_board(board_id, CardFilter()))
    if not sheet.pictures or sheet.name != sheet_name:
        raise NotFound()
    if is_kept(sheet.name):
        return keep_picture(Response(status=304), sheet.name)
    found = picture_store.find_small(sheet.pictures)
    body = sheet.draw(found).encode()
    response = Response(body, mimetype="image/svg+xml")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, mtime=0))  # what base64 adds goes again
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    # With a picture missing it is asked for again.
    return keep_picture(response, sheet.name) if len(found) == len(sheet.pictures) else response
