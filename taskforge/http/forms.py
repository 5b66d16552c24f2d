"""What the forms of all features share: input becomes typed keywords, or sentences beside the fields.

A field names a cleaning function (mostly of `text.validation`); what that returns is what the use case gets. The same
functions clean the API's input, so that there is one rule for a value however it arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice, SelectField, StringField
from wtforms.validators import StopValidation

from taskforge.errors import (
    Conflict,
    InvalidInput,
    RateLimited,
    StaleVersion,
    TaskForgeError,
    TooLarge,
    Unavailable,
)
from taskforge.text.values import LAST_VERSION, parse_int, parse_uuid

STALE = "Someone else changed this while you were editing it. What you typed is kept; saving again replaces theirs."

Result = TypeVar("Result")
Clean = Callable[..., Any]


class Form(FlaskForm):
    """A form whose `values` are what the cleaning functions returned, by field name.

    ``http_status`` and ``http_headers`` belong to the answer that shows the form again; ``refusal`` is the use case's
    error.
    """

    class Meta(FlaskForm.Meta):
        """The CSRF token of every unsafe request is checked before any view runs."""

        csrf = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values: dict[str, Any] = {}
        self.http_status = 422
        self.http_headers: dict[str, str] = {}
        self.refusal: TaskForgeError | None = None

    def attempt(self, use_case: Callable[..., Result]) -> Result | None:
        """Call a use case with the cleaned values; None when they, or the use case, refused.

        What the person can answer by changing the form or sending it again comes back as part of the form; all other
        errors (no access, for one) are raised.
        """
        if not self.validate():
            return None
        try:
            return use_case(**self.values)
        except (InvalidInput, Conflict, TooLarge, RateLimited, Unavailable) as error:
            self.refuse(error)
            return None

    def require(self) -> dict[str, Any]:
        """The cleaned values. Raises InvalidInput with all sentences when a field is refused."""
        if not self.validate():
            raise InvalidInput(" ".join(self.sentences))
        return self.values

    def refuse(self, error: TaskForgeError) -> None:
        """Put an error of a use case beside the fields that it names, or above the form."""
        self.refusal, self.http_status = error, error.status
        if retry_after := getattr(error, "retry_after", None):
            self.http_headers["Retry-After"] = str(retry_after)
        shown = {name: why for name, why in error.fields.items() if name in self._fields}
        for name, why in shown.items():
            self._fields[name].errors = [*self._fields[name].errors, why]
        if not shown:
            self.form_errors.append(STALE if isinstance(error, StaleVersion) else error.message)

    @property
    def sentences(self) -> list[str]:
        """Everything that is wrong, for places that show one text instead of a form."""
        return [*self.form_errors, *(line for field in self for line in field.errors)]


class cleaned:  # noqa: N801  reads as what it says where fields are declared
    """A validator that hands the field's text to a cleaning function and keeps its result.

    ``if_sent`` leaves the field out of the values when the request did not hold it: an absent field changes nothing.
    """

    def __init__(self, clean: Clean, *, if_sent: bool = False, **options: Any) -> None:
        self.clean = clean
        self.if_sent = if_sent
        self.options = options

    def __call__(self, form: Form, field: Field) -> None:
        """Called by WTForms; raises StopValidation with the sentence."""
        if self.if_sent and not field.raw_data:
            return
        try:
            form.values[field.name] = self.clean(field.data, field=field.name, **self.options)
        except InvalidInput as error:
            raise StopValidation(error.message) from error


class OpenSelectField(SelectField):
    """A choice of what the page offers now; what is allowed, the cleaning function knows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        offered = kwargs.pop("offered", ())
        super().__init__(*args, validate_choice=False, choices=[], **kwargs)
        self.offer(offered)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these pairs of a value and the words for it."""
        self.offered = dict(choices)
        self.choices = [SelectChoice(value, words) for value, words in self.offered.items()]


class VersionForm(Form):
    """A form that edits a state: ``version`` says which one the person saw."""

    version = StringField("Version", [cleaned(parse_int, minimum=1, maximum=LAST_VERSION)])


def secret(value: object, *, field: str) -> str:
    """A password as it was typed, nothing trimmed."""
    if not isinstance(value, str) or not value:
        raise InvalidInput.about(field, "is required")
    return value


def one_of(value: object, *, field: str, options: tuple[str, ...]) -> str:
    """One of fixed words."""
    if isinstance(value, str) and value in options:
        return value
    raise InvalidInput.about(field, "is not one of the choices")


def optional_id(value: object, *, field: str) -> str | None:
    """An id, or None for the empty choice."""
    return None if value in (None, "") else an_id(value, field=field)


def an_id(value: object, *, field: str) -> str:
    """An id in its canonical form; an odd one is no choice that the page offered."""
    try:
        return parse_uuid(value)
    except TaskForgeError as error:
        raise InvalidInput.about(field, "is not one of the choices") from error


def optional_int(value: object, *, field: str, minimum: int, maximum: int) -> int | None:
    """A whole number, or None for an empty field."""
    if value in (None, ""):
        return None
    return parse_int(value, field=field, minimum=minimum, maximum=maximum)


def checked(value: object, *, field: str) -> bool:
    """Whether a checkbox was sent as checked."""
    return value == "1"
