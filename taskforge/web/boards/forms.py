"""Forms of boards and their columns."""

from __future__ import annotations

from wtforms import StringField

from taskforge.boards.models import COLUMN_NAME_LENGTH, MAX_WIP_LIMIT, NAME_LENGTH
from taskforge.boards.statuses import STATUSES
from taskforge.http.forms import (
    Form,
    OpenSelectField,
    VersionForm,
    an_id,
    cleaned,
    is_yes,
    one_of,
    optional_id,
    optional_int,
)
from taskforge.tasks.board.lanes import KINDS
from taskforge.text.people import HUES
from taskforge.text.validation import clean_line
from taskforge.text.values import parse_int
from taskforge.web.boards.parameters import NO_LANES

MAX_SEQ = 2**63 - 1
TO_PLACE = "to"
CARDS = NO_CARDS, MOVE_CARDS, DELETE_CARDS = "", "move", "delete"


class CreateBoardForm(Form):
    """A new board of a team."""

    name = StringField("Name", [cleaned(clean_line, max_length=NAME_LENGTH)])


class EditBoardForm(VersionForm):
    """The name of a board, and whether a full column refuses cards."""

    name = StringField("Board name", [cleaned(clean_line, max_length=NAME_LENGTH)])
    hard_limits = OpenSelectField("Limits", [cleaned(is_yes, if_sent=True)])


class PrivacyForm(VersionForm):
    """Whether only admins and the people whom it names see the board."""

    is_private = OpenSelectField("Who sees it", [cleaned(is_yes)])


class NamePersonForm(Form):
    """A member of the team who is to see the board."""

    user_id = OpenSelectField("Person", [cleaned(an_id)])


class CreateColumnForm(Form):
    """A new column: its name, the status it stands for, its limit and its colour."""

    name = StringField("Name", [cleaned(clean_line, max_length=COLUMN_NAME_LENGTH)])
    status = OpenSelectField("Means", [cleaned(one_of, options=STATUSES)])
    wip_limit = StringField("Limit", [cleaned(optional_int, minimum=1, maximum=MAX_WIP_LIMIT)])
    hue = StringField("Colour", [cleaned(parse_int, minimum=1, maximum=HUES)])


class AddColumnForm(CreateColumnForm):
    """A new column that may name its left neighbour."""

    after_id = StringField("After", [cleaned(optional_id, if_sent=True)])


class EditColumnForm(CreateColumnForm, VersionForm):
    """The fields of an existing column; ``version`` is the board's."""


class MoveColumnForm(Form):
    """The direction in which a column moves by one place; or ``to``, and the column behind which it goes, if any."""

    direction = OpenSelectField("Direction", [cleaned(one_of, options=("left", "right", TO_PLACE))])
    after_id = StringField("After", [cleaned(optional_id, if_sent=True)])


class DeleteColumnForm(Form):
    """What becomes of the cards of a column: they move to another one, or are deleted with it; empty if it has none."""

    cards = OpenSelectField("Its cards", [cleaned(one_of, if_sent=True, options=CARDS)])
    move_to = OpenSelectField("Move them to", [cleaned(optional_id, if_sent=True)])


class FoldColumnForm(Form):
    """Whether to fold a column (1) or to open it (0), and whether the board is shown in lanes."""

    folded = OpenSelectField("Folded", [cleaned(is_yes)])
    in_lanes = OpenSelectField("In lanes", [cleaned(is_yes, if_sent=True)])


class LanesForm(Form):
    """By what to divide a board, or that it is not to be divided."""

    lanes = OpenSelectField("Lanes", [cleaned(one_of, options=(NO_LANES, *KINDS))])


class SeenForm(Form):
    """The board sequence up to which the person has seen a board."""

    seq = StringField("Seq", [cleaned(parse_int, minimum=0, maximum=MAX_SEQ)])
