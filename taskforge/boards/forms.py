"""Forms of boards and their columns."""

from __future__ import annotations

import re

from wtforms import StringField

from taskforge.boards.models import STATUSES
from taskforge.errors import InvalidInput
from taskforge.forms import ChoiceField, Form, VersionForm, cleaned, one_of, optional_int
from taskforge.text import clean_line
from taskforge.values import parse_int

NAME_LENGTH = 80
COLUMN_NAME_LENGTH = 40
MOST_WORK = 999
_KEY_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,5}")


def clean_key_prefix(value: object, *, field: str) -> str | None:
    """Two to six capitals and digits, the first a letter; None when a prefix is to be found from the name."""
    prefix = clean_line(value, field=field, max_length=20, required=False).upper()
    if not prefix:
        return None
    if not _KEY_PREFIX.fullmatch(prefix):
        raise InvalidInput.about(field, "must be two to six letters or digits, the first a letter")
    return prefix


class CreateBoardForm(Form):
    """A new board of a team."""

    name = StringField("Name", [cleaned(clean_line, max_length=NAME_LENGTH)])
    key_prefix = StringField("Key", [cleaned(clean_key_prefix)])


class EditBoardForm(VersionForm):
    """Another name for a board."""

    name = StringField("Board name", [cleaned(clean_line, max_length=NAME_LENGTH)])


class CreateColumnForm(Form):
    """A new column: its name, the status it stands for, its limit and its colour."""

    name = StringField("Name", [cleaned(clean_line, max_length=COLUMN_NAME_LENGTH)])
    status = ChoiceField("Means", [cleaned(one_of, options=STATUSES)])
    wip_limit = StringField("Limit", [cleaned(optional_int, minimum=1, maximum=MOST_WORK)])
    hue = StringField("Colour", [cleaned(parse_int, minimum=1, maximum=6)])


class EditColumnForm(CreateColumnForm, VersionForm):
    """The same of a column that is there; ``version`` is the board's."""


class MoveColumnForm(Form):
    """One place to the left or to the right."""

    direction = ChoiceField("Direction", [cleaned(one_of, options=("left", "right"))])
