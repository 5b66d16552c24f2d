"""Forms of accounts: sign-up, log-in, profile, password."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, PasswordField, StringField

from taskforge.accounts.documents import NAME_LENGTH, THEMES
from taskforge.http.forms import Form, OpenSelectField, VersionForm, cleaned, one_of, secret
from taskforge.text.validation import clean_email, clean_line


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


class ChangePasswordForm(Form):
    """The present password and the one that replaces it."""

    current_password = PasswordField("Present password", [cleaned(secret)])
    new_password = PasswordField("New password", [cleaned(secret)])
