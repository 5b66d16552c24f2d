"""The base of all forms: input becomes typed keyword arguments, or error sentences at the fields.

A field names a cleaning function (mostly of `taskforge.text.validation`), whose result is passed to the service. The
API's schemas name the same functions: a value has one rule in forms and in JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, SelectChoice, SelectField, StringField, TextAreaField
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
from taskforge.text.pasted import one_line
from taskforge.text.values import LAST_VERSION, is_uuid, parse_int, parse_uuid

STALE = "Someone else changed this while you were editing it. What you typed is kept; saving again replaces theirs."

Result = TypeVar("Result")
Clean = Callable[..., Any]


class Form(FlaskForm):
    """A form whose ``values`` are what the cleaning functions returned, by field name.

    ``refusal`` is the error with which a service refused the values. `refused` makes the answer that shows the form
    again, from ``http_status`` and ``http_headers``.
    """

    class Meta(FlaskForm.Meta):
        """`taskforge.http.cross_site` checks the token of every request, before any view runs."""

        csrf = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values: dict[str, Any] = {}
        self.http_status = 422
        self.http_headers: dict[str, str] = {}
        self.refusal: TaskForgeError | None = None

    def attempt(self, use_case: Callable[..., Result]) -> Result | None:
        """Call a use case with the cleaned values as keywords; None when a field or the use case refused.

        Errors that the person can resolve by changing the form or sending it again are added to the form (see
        `refuse`); all others, such as missing access, are raised.
        """
        if not self.validate():
            return None
        try:
            return use_case(**self.values)
        except (InvalidInput, Conflict, TooLarge, RateLimited, Unavailable) as error:
            self.refuse(error)
            return None

    def require(self) -> dict[str, Any]:
        """The cleaned values, for requests that are not answered by the form.

        Raises:
            InvalidInput: its message holds the sentences about everything that is wrong.
        """
        if not self.validate():
            raise InvalidInput(" ".join(self.sentences))
        return self.values

    def refuse(self, error: TaskForgeError) -> None:
        """Add an error of a use case to the fields that it names, or to the form as a whole."""
        self.refusal, self.http_status = error, error.status
        if retry_after := getattr(error, "retry_after", None):
            self.http_headers["Retry-After"] = str(retry_after)
        shown = {name: why for name, why in error.fields.items() if name in self._fields}
        conflicts = getattr(error, "conflicts", {})
        for name, why in shown.items():
            if name in conflicts:
                why = f"{why} {_say_theirs(conflicts[name].theirs)}"
            self._fields[name].errors = [*self._fields[name].errors, why]
        if not shown:
            self.form_errors.append(STALE if isinstance(error, StaleVersion) else error.message)

    def refused(self, page: str, headers: Mapping[str, str] | None = None) -> ResponseReturnValue:
        """The answer that shows a refused form again: `page` with the status and the headers of the refusal.

        `headers` are added, such as those that tell htmx where to put a partial.
        """
        return page, self.http_status, {**self.http_headers, **(headers or {})}

    @property
    def sentences(self) -> list[str]:
        """The sentences about everything that is wrong: about the whole form first, then field by field."""
        return [*self.form_errors, *(line for field in self for line in field.errors)]


def _say_theirs(value: object) -> str:
    stored = (
        f"Saved is “{value}”. " if isinstance(value, str) and value and not is_uuid(value) else ""
    )
    return f"{stored}Yours is kept; saving again replaces theirs."


class cleaned:  # noqa: N801 - used like a function where fields are declared
    """A WTForms validator that puts the result of a cleaning function into the form's ``values``.

    The function is called as ``clean(text, field=name, **options)`` and raises `InvalidInput`. With ``if_sent`` a field
    that the request does not hold is left out of the values, and so changes nothing.
    """

    def __init__(self, clean: Clean, *, if_sent: bool = False, **options: Any) -> None:
        self.clean = clean
        self.if_sent = if_sent
        self.options = options

    def __call__(self, form: Form, field: Field) -> None:
        """Clean the field's text.

        Raises:
            StopValidation: with the sentence of the cleaning function.
        """
        if self.if_sent and not field.raw_data:
            return
        try:
            form.values[field.name] = self.clean(_typed(field), field=field.name, **self.options)
        except InvalidInput as error:
            raise StopValidation(error.message) from error


def _typed(field: Field) -> Any:
    """What was typed into a field: in one of one line, tabs and line breaks that were pasted count as spaces."""
    of_one_line = isinstance(field, StringField) and not isinstance(
        field, TextAreaField | PasswordField
    )
    return one_line(field.data) if of_one_line and isinstance(field.data, str) else field.data


class OpenSelectField(SelectField):
    """A select whose options are set for each page; its cleaning function decides what is accepted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        offered = kwargs.pop("offered", ())
        super().__init__(*args, validate_choice=False, choices=[], **kwargs)
        self.offer(offered)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Set the options: pairs of a value and its label."""
        self.offered = dict(choices)
        self.choices = [SelectChoice(value, words) for value, words in self.offered.items()]


class VersionForm(Form):
    """A form that edits something with a version; ``version`` is the one that the person saw."""

    version = StringField("Version", [cleaned(parse_int, minimum=1, maximum=LAST_VERSION)])


def secret(value: object, *, field: str) -> str:
    """A password exactly as it was typed; nothing is trimmed.

    Raises:
        InvalidInput: it is empty.
    """
    if not isinstance(value, str) or not value:
        raise InvalidInput.about(field, "is required")
    return value


def one_of(value: object, *, field: str, options: tuple[str, ...]) -> str:
    """A value that must be one of `options`.

    Raises:
        InvalidInput: it is not.
    """
    if isinstance(value, str) and value in options:
        return value
    raise InvalidInput.about(field, "is not one of the choices")


def optional_id(value: object, *, field: str) -> str | None:
    """An id, or None for the empty option. Raises like `an_id`."""
    return None if value in (None, "") else an_id(value, field=field)


def id_or_none(value: object) -> str | None:
    """An id, or None for anything else: for parts of an address that are passed over when they name nothing."""
    try:
        return parse_uuid(value)
    except TaskForgeError:
        return None


def an_id(value: object, *, field: str) -> str:
    """An id in its canonical form.

    Raises:
        InvalidInput: it is malformed, so that no page has offered it.
    """
    try:
        return parse_uuid(value)
    except TaskForgeError as error:
        raise InvalidInput.about(field, "is not one of the choices") from error


def optional_int(value: object, *, field: str, minimum: int, maximum: int) -> int | None:
    """A whole number from `minimum` to `maximum`, or None for an empty field.

    Raises:
        InvalidInput: it is neither.
    """
    if value in (None, ""):
        return None
    return parse_int(value, field=field, minimum=minimum, maximum=maximum)


def is_yes(value: object, *, field: str) -> bool:
    """Whether a choice between yes (1) and no (0) is yes. Raises like `one_of`."""
    return one_of(value, field=field, options=("0", "1")) == "1"


def checked(value: object, *, field: str) -> bool:
    """Whether a checkbox was sent as checked."""
    return value == "1"
