"""Accounts, profiles and sessions."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.accounts.documents import BIO_LENGTH, FREQUENCIES, NAME_LENGTH, THEMES
from taskforge.api import fields
from taskforge.api.schemas.base import Input, Instant, Output, Versioned, id_answer, text_answer

INVITATION_LENGTH = 100
MAX_TOKEN_LENGTH = 100


class Registration(Input):
    """A new account; ``invitation`` is the last part of an invitation's link, which some installations ask for."""

    email = fields.email()
    password = fields.password()
    first_name = fields.line(NAME_LENGTH)
    last_name = fields.line(NAME_LENGTH, required=False)
    invitation = fields.line(INVITATION_LENGTH, optional=True)


class AddressChange(Input):
    """A new e-mail address."""

    email = fields.email()


class Credentials(Input):
    """A log-in."""

    email = fields.email()
    password = fields.password()


class PasswordResetRequest(Input):
    """The address of an account whose password is forgotten."""

    email = fields.email()


class PasswordReset(Input):
    """A new password, with the token of the link that was mailed."""

    token = fields.line(MAX_TOKEN_LENGTH)
    password = fields.password()


class Proof(Input):
    """What proves again who is logged in."""

    password = fields.password()


class Confirmed(Output):
    """Until when what is delicate can be done without another proof."""

    confirmed_until = Instant(required=True)


class NotificationChoices(Input):
    """By which ways a person is notified, in a request."""

    email = fields.yes_or_no()
    push = fields.yes_or_no()
    frequency = fields.choice(FREQUENCIES)


class PreferenceChoices(Input):
    """Theme and notifications of a person, in a request."""

    theme = fields.choice(THEMES)
    notifications: ma.fields.Nested = ma.fields.Nested(NotificationChoices)


class ProfileChanges(Versioned):
    """Changes of one's own profile; fields that are left out stay."""

    first_name = fields.line(NAME_LENGTH, optional=True)
    last_name = fields.line(NAME_LENGTH, required=False)
    bio = fields.long_text(BIO_LENGTH)
    preferences: ma.fields.Nested = ma.fields.Nested(PreferenceChoices)


class User(Output):
    """A person. The names are null while the profile can't be read; who has one name has an empty last name."""

    user_id = id_answer(required=True)
    email = text_answer(required=True)
    first_name = text_answer(required=True, allow_none=True)
    last_name = text_answer(required=True, allow_none=True)


class NotificationPreferences(Output):
    """By which ways a person is notified."""

    email = ma.fields.Boolean()
    push = ma.fields.Boolean()
    frequency = text_answer()


class Preferences(Output):
    """Theme and notifications of a person."""

    theme = text_answer()
    notifications: ma.fields.Nested = ma.fields.Nested(NotificationPreferences)


class Profile(User):
    """One's own account and profile."""

    bio = text_answer(allow_none=True)
    picture = text_answer(allow_none=True)
    preferences: ma.fields.Nested = ma.fields.Nested(Preferences, allow_none=True)
    is_site_admin = ma.fields.Boolean()
    email_verified_at = Instant(allow_none=True)
    version = ma.fields.Integer(required=True)
    created_at = Instant()
    updated_at = Instant()
    last_login = Instant(allow_none=True)
    last_password_change = Instant(attribute="password_changed_at")
    details_available = ma.fields.Boolean()


class LoggedIn(Output):
    """A new session: its secret for X-Session-Id, and a one-hour token for Authorization."""

    token = text_answer(required=True)
    session_id = text_answer(required=True)
    user: ma.fields.Nested = ma.fields.Nested(User, required=True)


class VerifiedSession(Output):
    """A session that holds: its public id, and when it ends at the latest."""

    valid = ma.fields.Boolean(required=True)
    session_id = id_answer(required=True)
    expires_at = Instant(required=True)
    user: ma.fields.Nested = ma.fields.Nested(User, required=True)


class Session(Output):
    """A live session. Its id is public: it can end the session but not use it."""

    id = id_answer(attribute="session_id", required=True)
    kind = text_answer()
    current = ma.fields.Boolean(required=True)
    ip_address = text_answer(allow_none=True)
    user_agent = text_answer(allow_none=True)
    created_at = Instant()
    last_seen_at = Instant()
    expires_at = Instant()


class SessionList(Output):
    """The live sessions of a person, latest first."""

    items: Any = ma.fields.List(ma.fields.Nested(Session), required=True)
