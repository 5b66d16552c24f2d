"""API tokens."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.accounts.api_tokens import MAX_TEAMS, NAME_LENGTH
from taskforge.accounts.token_identity import Scope
from taskforge.api import fields
from taskforge.api.schemas.base import Input, Instant, Output, id_answer, text_answer

SCOPES = [scope.value for scope in Scope]


class NewToken(Input):
    """A token to be made. Without ``teamIds`` all its person's teams are meant, without ``expiresAt`` it never ends."""

    name = fields.line(NAME_LENGTH)
    scopes = fields.words(SCOPES)
    team_ids = fields.identifiers(MAX_TEAMS, nullable=True, optional=True)
    expires_at = fields.instant(nullable=True)


class ApiToken(Output):
    """A token, without its secret."""

    token_id = id_answer(required=True)
    name = text_answer(required=True)
    scopes: Any = ma.fields.List(text_answer(metadata={"enum": SCOPES}), required=True)
    team_ids: Any = ma.fields.List(
        id_answer(),
        required=True,
        allow_none=True,
        metadata={"description": "The teams that it is limited to; null for all of its person's"},
    )
    created_at = Instant(required=True)
    expires_at = Instant(required=True, allow_none=True)
    last_used_at = Instant(required=True, allow_none=True)
    last_used_ip = text_answer(required=True, allow_none=True)


class MadeToken(ApiToken):
    """A token that was just made, with its secret, which no other answer shows."""

    token = text_answer(required=True)


class ApiTokenList(Output):
    """One's own tokens."""

    items: Any = ma.fields.List(ma.fields.Nested(ApiToken), required=True)
