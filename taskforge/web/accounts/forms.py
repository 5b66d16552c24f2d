"""Forms of accounts: sign-up, log-in, profile, password."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, PasswordField, StringField

from taskforge.accounts import api_tokens, passkeys
from taskforge.accounts.documents import NAME_LENGTH, THEMES
from taskforge.accounts.sealed_secrets import MAX_TOKEN_LENGTH
from taskforge.accounts.token_identity import Scope
from taskforge.http.forms import (
    Form,
    OpenSelectField,
    VersionForm,
    checked,
    cleaned,
    one_of,
    secret,
)
from taskforge.text.validation import clean_email, clean_line

MAX_CODE_LENGTH = 60
MAX_PASSKEY_LENGTH = 20_000
REVOKE_TOKENS = "Revoke the API tokens too"
# For how many days a new API token can be good.
LIFETIMES = {
    "7": "in a week",
    "30": "in 30 days",
    "90": "in 90 days",
    "365": "in a year",
    "": "never",
}


class RegisterForm(Form):
    """The name, address and password of a new account."""

    first_name = StringField("First name", [cleaned(clean_line, max_length=NAME_LENGTH)])
    last_name = StringField(
        "Last name", [cleaned(clean_line, max_length=NAME_LENGTH, required=False)]
    )
    email = StringField("E-mail address", [cleaned(clean_email)])
    password = PasswordField("Password", [cleaned(secret)])


class LogInForm(Form):
    """The address and the password of a log-in."""

    email = StringField("E-mail address", [cleaned(clean_email)])
    password = PasswordField("Password", [cleaned(secret)])


class ForgotPasswordForm(Form):
    """The address of an account whose password is forgotten."""

    email = StringField("E-mail address", [cleaned(clean_email)])


class NewPasswordForm(Form):
    """A new password in place of a forgotten one."""

    password = PasswordField("New password", [cleaned(secret)])
    revoke_tokens = StringField(REVOKE_TOKENS, [cleaned(checked)])


class EditProfileForm(VersionForm):
    """The profile: name, theme and whether messages are shown while TaskForge is open."""

    first_name = StringField("First name", [cleaned(clean_line, max_length=NAME_LENGTH)])
    last_name = StringField(
        "Last name", [cleaned(clean_line, max_length=NAME_LENGTH, required=False)]
    )
    theme = OpenSelectField("Appearance", [cleaned(one_of, options=THEMES)])
    notify_push = BooleanField("While TaskForge is open")

    def changes(self) -> dict[str, Any]:
        """The cleaned values as `edit_profile` takes them."""
        names = ("first_name", "last_name")
        return {name: self.values[name] for name in names} | {
            "preferences": {
                "theme": self.values["theme"],
                "notifications": {"push": self.notify_push.data},
            }
        }


class ChangeAddressForm(Form):
    """The new address of an account."""

    email = StringField("New e-mail address", [cleaned(clean_email)])


class DeleteAccountForm(Form):
    """The address of the account, typed by somebody who means to delete it."""

    email = StringField("Your e-mail address", [cleaned(clean_email)])


class ChangePasswordForm(Form):
    """The present password and the one that replaces it."""

    current_password = PasswordField("Present password", [cleaned(secret)])
    new_password = PasswordField("New password", [cleaned(secret)])
    revoke_tokens = StringField(REVOKE_TOKENS, [cleaned(checked)])


class CodeForm(Form):
    """A code of the second factor: of the authenticator app, or a recovery code."""

    code = StringField("Code", [cleaned(clean_line, max_length=MAX_CODE_LENGTH)])


class SetUpForm(CodeForm):
    """The first code of an authenticator app, with the set-up that it belongs to."""

    setup_token = StringField("Set-up", [cleaned(clean_line, max_length=MAX_TOKEN_LENGTH)])


class PasskeyForm(Form):
    """What a browser has answered to a challenge of `taskforge.accounts.passkeys`."""

    passkey_token = StringField("Challenge", [cleaned(clean_line, max_length=MAX_TOKEN_LENGTH)])
    passkey = StringField("Passkey", [cleaned(clean_line, max_length=MAX_PASSKEY_LENGTH)])


class AddPasskeyForm(PasskeyForm):
    """A new passkey, and what its person calls it."""

    name = StringField("Name", [cleaned(clean_line, max_length=passkeys.NAME_LENGTH)])


class NewTokenForm(Form):
    """A new API token: its name, the widest scope, and for how many days it is good."""

    name = StringField("Name", [cleaned(clean_line, max_length=api_tokens.NAME_LENGTH)])
    scope = StringField(
        "It may",
        [cleaned(one_of, options=tuple(Scope))],
        default=Scope.READ.value,
    )
    days = OpenSelectField(
        "It ends",
        [cleaned(one_of, options=tuple(LIFETIMES))],
        offered=LIFETIMES.items(),
        default="90",
    )
