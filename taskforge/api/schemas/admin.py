"""What site administrators see of accounts."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.accounts.suspension import MAX_REASON
from taskforge.api import fields
from taskforge.api.schemas.base import Input, Instant, Output, Page, id_answer, text_answer
from taskforge.teams.directory import MAX_QUERY_LENGTH, PersonState


class AccountFilter(Page):
    """Which accounts: a part of a name or an address, and a state."""

    q = fields.line(MAX_QUERY_LENGTH, required=False)
    state = fields.choice(list(PersonState))


class Suspension(Input):
    """Why somebody is suspended; they are told."""

    reason = fields.line(MAX_REASON)


class SiteRole(Input):
    """Whether somebody administers the installation."""

    is_site_admin = fields.yes_or_no(required=True)


class ResetLink(Output):
    """A one-time link to a new password. It is shown this once and works for ten minutes."""

    url = text_answer(required=True)


class Account(Output):
    """An account, as site administrators see it."""

    user_id = id_answer(required=True)
    email = text_answer(required=True)
    name = text_answer(attribute="display_name", required=True)
    is_site_admin = ma.fields.Boolean(required=True)
    suspended_at = Instant(required=True, allow_none=True)
    suspension_reason = text_answer(required=True, allow_none=True)
    email_verified_at = Instant(allow_none=True)
    two_factor_at = Instant(allow_none=True)
    created_at = Instant()
    last_login = Instant(allow_none=True)
    team_count = ma.fields.Integer()


class AccountList(Output):
    """A page of accounts, by address."""

    items: Any = ma.fields.List(ma.fields.Nested(Account), required=True)
    next_cursor = text_answer(required=True, allow_none=True)


class AnalyticsPart(Output):
    """Figures of one subject from one store; none where it did not answer when it was asked."""

    name = text_answer(required=True)
    store = text_answer(required=True)
    at = Instant(required=True)
    figures: Any = ma.fields.Dict(required=True, allow_none=True)


class Analytics(Output):
    """How TaskForge is used, part by part."""

    parts: Any = ma.fields.List(ma.fields.Nested(AnalyticsPart), required=True)
