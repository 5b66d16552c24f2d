"""Exports of one's own data, and the deletion of one's account."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.accounts import MAX_CODE_LENGTH
from taskforge.api.schemas.base import Input, Instant, Output, id_answer, text_answer


class AccountDeletion(Input):
    """The address of the account that is to be deleted, and the proof that it is one's own."""

    email = fields.email()
    password = fields.password(required=False)
    code = fields.line(MAX_CODE_LENGTH, optional=True)


class ExportRequested(Output):
    """An export that was asked for."""

    export_id = id_answer(required=True)


class Export(Output):
    """An export: "running", "ready" (then `url` leads to it, until it is deleted at `expiresAt`) or "failed"."""

    export_id = id_answer(required=True)
    state = text_answer(required=True)
    percent = ma.fields.Integer(required=True)
    size = ma.fields.Integer(required=True)
    requested_at = Instant(required=True)
    finished_at = Instant(allow_none=True)
    expires_at = Instant(required=True)
    url = text_answer(allow_none=True)


class ExportList(Output):
    """Exports, newest first, and when the next one may be asked for; null for now."""

    items: Any = ma.fields.List(ma.fields.Nested(Export), required=True)
    next_export_at = Instant(required=True, allow_none=True)
