"""The types of task fields: how a value of each is checked, written into a form, stored in the log and shown.

A kind knows the domain only. How a form shows it is in `taskforge.web.tasks.controls`, how JSON writes it in
`taskforge.api.field_schemas`: one table each, by kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from taskforge.errors import InvalidInput, NotFound
from taskforge.tasks.custom_fields import read_custom_fields, write_custom_fields
from taskforge.text.validation import MAX_SAFE_INTEGER, clean_line, clean_tags, clean_text
from taskforge.text.values import parse_uuid

MISSING_NAME = "something that is gone"
NO_CHOICE = "is not one of the choices"
MAX_SHOWN = 400  # characters of a value in a list of changes


class Kind:
    """A type of field. The methods of this class fit plain text; a kind overrides what differs.

    ``empty`` is the value of a task that has none; ``may_be_empty``: whether a task can be without one. ``is_prose``
    marks written text, which the history of a board leaves out; ``is_compared`` text whose changes are shown word by
    word; ``mentions_people`` text whose @names notify.
    """

    empty: ClassVar[Any] = None
    may_be_empty: ClassVar[bool] = True
    is_prose: ClassVar[bool] = False
    is_compared: ClassVar[bool] = False
    mentions_people: ClassVar[bool] = False

    def clean(self, value: object, *, field: str) -> Any:
        """The value of a form's text; no text is one of a kind that forms do not write.

        Raises:
            InvalidInput: the text is no value of this kind.
        """
        raise InvalidInput.about(field, "is not written in a form")

    def form_text(self, value: Any) -> str:
        """A value as the text that a form holds for it; `clean` reads it."""
        return "" if value is None else str(value)

    def from_log(self, value: Any) -> Any:
        """A value of the audit log (JSON) as services take it."""
        return value

    def plain(self, value: Any) -> Any:
        """A value as the audit log keeps it; `from_log` reads it."""
        return value

    def words(self, value: Any, names: Mapping[str, str]) -> str | None:
        """A value of the audit log as people read it, None for nothing; `names` are those of columns and people."""
        return None if value is None or value in ("", []) else _shortened(self.text(value))

    def text(self, value: Any) -> str:
        """A value of the audit log as one text, for the comparison word by word."""
        return str(value or "")

    def cursor_text(self, value: Any) -> str:
        """A value as the place in a sorted list names it, without loss; `read_cursor` reads it."""
        return self.form_text(value)

    def read_cursor(self, text: str) -> Any:
        """The value of a place in a sorted list; None for none."""
        return self.clean(text, field="cursor")

    def replacing(self, chosen: Any, current: Any) -> Any:
        """What a task has after a value was chosen in place of its current one."""
        return chosen

    def flags(self, name: str) -> Mapping[str, int]:
        """The flags that belong to a value: further columns of the row, each with the mirror's schema version."""
        return {}

    def to_columns(self, name: str, value: Any) -> dict[str, Any]:
        """The columns of the row that hold a value."""
        return {name: value}

    def mirrored(self, name: str, value: Any) -> dict[str, Any]:
        """The fields of the mirror that hold a value."""
        return {name: self.plain(value)}

    def from_columns(self, name: str, row: Mapping[str, Any]) -> Any:
        """The value that the columns of a row hold."""
        return row[name]

    def row_copies(self, name: str, value: Any) -> dict[str, Any]:
        """The columns of the reference row that repeat a field of the document, for the card."""
        return {}


@dataclass(frozen=True)
class Line(Kind):
    """One line of text that is never empty."""

    max_length: int
    empty = ""
    may_be_empty = False
    is_compared = True

    def clean(self, value: object, *, field: str) -> str:
        """The line without spaces around it."""
        return clean_line(value, field=field, max_length=self.max_length)


@dataclass(frozen=True)
class LongText(Kind):
    """Text of many lines, in Markdown."""

    max_length: int
    empty = ""
    is_prose = True
    is_compared = True
    mentions_people = True

    def clean(self, value: object, *, field: str) -> str:
        """The text without blank lines around it."""
        return clean_text(value, field=field, max_length=self.max_length, required=False)


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few words, given with their names in their order."""

    options: Mapping[str, str]
    may_be_empty = False

    def clean(self, value: object, *, field: str) -> str:
        """The word, if it is one of them."""
        if isinstance(value, str) and value in self.options:
            return value
        raise InvalidInput.about(field, NO_CHOICE)

    def text(self, value: Any) -> str:
        """The name of the word."""
        return self.options.get(value, str(value))


class Reference(Kind):
    """The id of something that has a name."""

    def clean(self, value: object, *, field: str) -> str | None:
        """The id in its canonical form; an odd one is no choice that the page offered."""
        if value in (None, "") and self.may_be_empty:
            return None
        try:
            return parse_uuid(value)
        except NotFound as error:
            raise InvalidInput.about(field, NO_CHOICE) from error

    def words(self, value: Any, names: Mapping[str, str]) -> str | None:
        """The name of the object with that id."""
        return None if value is None else names.get(value, MISSING_NAME)


class Person(Reference):
    """A member of the team, or nobody."""


class BoardColumn(Reference):
    """A column of the task's board."""

    may_be_empty = False


class Tags(Kind):
    """A list of words. The row repeats it as an array, for cards and filters."""

    empty = []

    def clean(self, value: object, *, field: str) -> list[str]:
        """The tags of a text with commas between them."""
        words = [word for word in str(value or "").split(",") if word.strip()]
        return clean_tags(words, field=field)

    def form_text(self, value: Any) -> str:
        """The tags with commas between them."""
        return ", ".join(value or ())

    def words(self, value: Any, names: Mapping[str, str]) -> str | None:
        """The tags with commas between them, however long."""
        return ", ".join(value) if value else None

    def row_copies(self, name: str, value: Any) -> dict[str, Any]:
        """The tags themselves."""
        return {name: list(value)}


class CustomFields(Kind):
    """Named values that people make up: a list of ``{"k", "v"}``."""

    empty = []
    is_prose = True
    is_compared = True

    def clean(self, value: object, *, field: str) -> Any:
        """The fields of a text, one a line."""
        return read_custom_fields(value, field=field)

    def form_text(self, value: Any) -> str:
        """The fields, one a line."""
        return write_custom_fields(value or ())

    def from_log(self, value: Any) -> list[dict[str, Any]]:
        """The fields; JSONB turned large fractions into whole numbers, of which none is so large."""
        return [{"k": one["k"], "v": _fraction(one["v"])} for one in value]

    def words(self, value: Any, names: Mapping[str, str]) -> str | None:
        """The fields on one line."""
        return _shortened(self.text(value).replace("\n", ", ")) if value else None

    def text(self, value: Any) -> str:
        """The fields, one a line."""
        return write_custom_fields(value or ())


class Checklist(Kind):
    """A list of ``{"item_id", "text", "done"}``. The row counts its items, for the card."""

    empty = []
    is_compared = True

    def words(self, value: Any, names: Mapping[str, str]) -> str | None:
        """How much of it is done."""
        return f"{_count_done(value)} of {len(value)} done" if value else None

    def text(self, value: Any) -> str:
        """The items, one a line, with their boxes."""
        return "\n".join(f"{'☑' if item['done'] else '☐'} {item['text']}" for item in value or ())

    def row_copies(self, name: str, value: Any) -> dict[str, Any]:
        """How many items are done, of how many."""
        return {f"{name}_done": _count_done(value), f"{name}_total": len(value)}


class Files(Kind):
    """Files that belong to the task, each as `taskforge.attachments.documents` lists it."""

    empty = []


class Cover(Reference):
    """An image among the files of the task, or none."""


def _count_done(items: Sequence[Mapping[str, Any]]) -> int:
    return sum(1 for item in items if item["done"])


def _fraction(value: Any) -> Any:
    return float(value) if type(value) is int and abs(value) > MAX_SAFE_INTEGER else value


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN].rstrip() + " …"
