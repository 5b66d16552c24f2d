"""Saved views."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import Input, Instant, Output, Versioned, id_answer, text_answer
from taskforge.tasks.views.addresses import MAX_QUERY_LENGTH, VIEW_KINDS
from taskforge.tasks.views.models import NAME_LENGTH


class NewView(Input):
    """A view of a board. `query` holds the parameters of its address, such as `assignee=none&sort=-due`."""

    board_id = fields.identifier(required=True)
    name = fields.line(NAME_LENGTH)
    kind = fields.choice(VIEW_KINDS, required=True)
    query = fields.line(MAX_QUERY_LENGTH, optional=True)
    is_shared = fields.yes_or_no()


class ViewChanges(Versioned):
    """Changes of a view; what is left out stays."""

    name = fields.line(NAME_LENGTH, optional=True)
    query = fields.line(MAX_QUERY_LENGTH, optional=True)


class ViewsOf(Input):
    """Whose views are listed: those of one board, or of all."""

    board_id = fields.identifier()


class SavedView(Output):
    """A saved view: one's own, or one that is shared with all who see the board."""

    view_id = id_answer(required=True)
    board_id = id_answer(required=True)
    board_name = text_answer()
    name = text_answer(required=True)
    kind = text_answer(required=True)
    query = text_answer(required=True)
    is_shared = ma.fields.Boolean(required=True)
    is_own = ma.fields.Boolean(required=True)
    version = ma.fields.Integer(required=True)
    created_at = Instant()
    updated_at = Instant()


class ViewList(Output):
    """Views by board, one's own first."""

    items: Any = ma.fields.List(ma.fields.Nested(SavedView), required=True)


class ViewFeed(Output):
    """The address by which your calendar reads a view, without logging in, with your rights."""

    view_id = id_answer(required=True)
    url = text_answer(
        required=True,
        allow_none=True,
        metadata={"description": "null if it must be renewed: the server's key has changed"},
    )
    created_at = Instant()
