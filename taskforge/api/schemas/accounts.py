"""Accounts, profiles and sessions."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.accounts.documents import (
    BIO_LENGTH,
    NAME_LENGTH,
    THEMES,
    WEEK_STARTS,
)
from taskforge.accounts.notification_preferences import FREQUENCIES
from taskforge.accounts.sealed_secrets import MAX_TOKEN_LENGTH as MAX_SEALED_LENGTH
from taskforge.api import fields, preference_fields
from taskforge.api.schemas.base import Input, Instant, Output, Versioned, id_answer, text_answer

MAX_LINK_TOKEN_LENGTH = 100
MAX_CODE_LENGTH = 60
INVITATION_LENGTH = 100
PICTURE = "The address of the picture, with /large behind it of a larger one"


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

    token = fields.line(MAX_LINK_TOKEN_LENGTH)
    password = fields.password()
    revoke_tokens = fields.yes_or_no()


class Proof(Input):
    """What proves again who is logged in: the password, or a code of the second factor."""

    password = fields.password(required=False)
    code = fields.line(MAX_CODE_LENGTH, optional=True)

    @ma.validates_schema
    def check_is_one(self, data: dict[str, Any], **_options: Any) -> None:
        """Raise unless exactly one of the two was sent."""
        if len(data) != 1:
            raise ma.ValidationError("Send either password or code.", "password")


class SecondStep(Input):
    """The second step of a log-in: the token of the first one, and a code of the app or a recovery code."""

    step_token = fields.line(MAX_SEALED_LENGTH)
    code = fields.line(MAX_CODE_LENGTH)


class SecondStepNeeded(Output):
    """The password was right, and a second factor is needed."""

    step_token = text_answer(required=True)
    expires_at = Instant(required=True)
    methods: Any = ma.fields.List(text_answer(), required=True)


class TwoFactorState(Output):
    """Whether log-ins by password ask for a second factor, and how many recovery codes are left."""

    enabled = ma.fields.Boolean(required=True)
    enabled_at = Instant(allow_none=True)
    recovery_codes_left = ma.fields.Integer(required=True)


class TurningOff(Input):
    """Whether to do it although teams require two-factor log-in."""

    anyway = fields.choice(["true", "false"])


class TwoFactorSetup(Output):
    """A secret for an authenticator app, which is not in use yet."""

    secret = text_answer(required=True)
    uri = text_answer(required=True)
    setup_token = text_answer(required=True)


class FirstCode(Input):
    """The first code of an authenticator app, with the set-up that it belongs to."""

    setup_token = fields.line(MAX_SEALED_LENGTH)
    code = fields.line(MAX_CODE_LENGTH)


class RecoveryCodes(Output):
    """New recovery codes. They are answered once: only their hashes are stored."""

    recovery_codes: Any = ma.fields.List(text_answer(), required=True)


class Confirmed(Output):
    """Until when what is delicate can be done without another proof."""

    confirmed_until = Instant(required=True)


class NotificationChoices(Input):
    """By which ways and when a person is notified, in a request; kinds and channels that are left out stay.

    ``digest_weekday`` is 1 for Monday to 7 for Sunday. Hours and times are of the person's own time zone.
    """

    email = fields.yes_or_no()
    push = fields.yes_or_no()
    frequency = fields.choice(FREQUENCIES)
    digest_hour = fields.whole_number(0, 23)
    digest_weekday = fields.whole_number(1, 7)
    quiet_from = preference_fields.clock_time()
    quiet_until = preference_fields.clock_time()
    matrix = preference_fields.notification_matrix()


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
    time_zone = fields.time_zone()
    week_start = fields.choice(WEEK_STARTS)


class User(Output):
    """A person. The names are null while the profile can't be read; who has one name has an empty last name."""

    user_id = id_answer(required=True)
    email = text_answer(required=True)
    first_name = text_answer(required=True, allow_none=True)
    last_name = text_answer(required=True, allow_none=True)


class NotificationPreferences(Output):
    """By which ways and when a person is notified; ``matrix`` has every kind with the channels that it offers."""

    email = ma.fields.Boolean()
    push = ma.fields.Boolean()
    frequency = text_answer()
    digest_hour = ma.fields.Integer()
    digest_weekday = ma.fields.Integer()
    quiet_from = text_answer(allow_none=True)
    quiet_until = text_answer(allow_none=True)
    matrix = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Boolean()),
    )


class Preferences(Output):
    """Theme and notifications of a person."""

    theme = text_answer()
    notifications: ma.fields.Nested = ma.fields.Nested(NotificationPreferences)


class Profile(User):
    """One's own account and profile."""

    bio = text_answer(allow_none=True)
    picture = text_answer(allow_none=True, metadata={"description": PICTURE})
    time_zone = text_answer(allow_none=True)
    week_start = text_answer()
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


class Login(Output):
    """A log-in, or one that was refused (`event` says which)."""

    event = text_answer(required=True)
    at = Instant(required=True)
    kind = text_answer(allow_none=True)
    second_factor = text_answer(allow_none=True)
    ip_address = text_answer(allow_none=True)
    user_agent = text_answer(allow_none=True)


class LoginList(Output):
    """Log-ins, latest first."""

    items: Any = ma.fields.List(ma.fields.Nested(Login), required=True)
