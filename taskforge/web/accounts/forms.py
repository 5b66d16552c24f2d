"""Forms of accounts: sign-up, log-in, profile, preferences, password."""

from __future__ import annotations

from typing import Any

from wtforms import PasswordField, StringField, TextAreaField

from taskforge.accounts import api_tokens, passkeys
from taskforge.accounts.documents import BIO_LENGTH, NAME_LENGTH, THEMES, WEEK_STARTS
from taskforge.accounts.pictures import FIELD
from taskforge.accounts.sealed_secrets import MAX_TOKEN_LENGTH
from taskforge.accounts.token_identity import Scope
from taskforge.errors import TaskForgeError
from taskforge.http.forms import (
    Form,
    OpenSelectField,
    VersionForm,
    checked,
    cleaned,
    one_of,
    secret,
)
from taskforge.text.validation import clean_email, clean_line, clean_text
from taskforge.text.zones import clean_zone, list_zones

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
    """What a person says of themselves: their name and some lines."""

    first_name = StringField("First name", [cleaned(clean_line, max_length=NAME_LENGTH)])
    last_name = StringField(
        "Last name", [cleaned(clean_line, max_length=NAME_LENGTH, required=False)]
    )
    bio = TextAreaField(
        "About you", [cleaned(clean_text, max_length=BIO_LENGTH, required=False, if_sent=True)]
    )

    def changes(self) -> dict[str, Any]:
        """The cleaned values as `edit_profile` takes them."""
        names = ("first_name", "last_name", "bio")
        return {name: self.values[name] for name in names if name in self.values}


class PreferencesForm(VersionForm):
    """How TaskForge looks and counts for a person."""

    theme = OpenSelectField("Appearance", [cleaned(one_of, options=THEMES)])
    time_zone = OpenSelectField("Time zone", [cleaned(clean_zone, if_sent=True)])
    week_start = OpenSelectField(
        "Weeks begin on",
        [cleaned(one_of, options=WEEK_STARTS, if_sent=True)],
        offered=[(name, name.capitalize()) for name in WEEK_STARTS],
    )

    def offer_zones(self, chosen: str | None) -> PreferencesForm:
        """Offer the zones, the chosen one too if it has an unusual name."""
        zones = dict.fromkeys([*list_zones(), *([chosen] if chosen else [])])
        offered = [(zone, zone.replace("_", " ")) for zone in zones]
        self.time_zone.offer([("", "As my browser says"), *offered])
        return self

    def changes(self) -> dict[str, Any]:
        """The cleaned values as `edit_profile` takes them."""
        names = ("time_zone", "week_start")
        return {name: self.values[name] for name in names if name in self.values} | {
            "preferences": {"theme": self.values["theme"]}
        }


class PictureForm(VersionForm):
    """A new picture, or none any more; the file is not read by the form (`view_declarations.accept_files`)."""

    def refuse(self, error: TaskForgeError) -> None:
        """Show what is wrong with the picture above the form: it has no field for it."""
        super().refuse(error)
        if FIELD in error.fields:
            self.form_errors[:] = [error.fields[FIELD]]


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
