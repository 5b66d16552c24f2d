"""Forms of what one hears of."""

from __future__ import annotations

from wtforms import StringField

from taskforge.http.forms import Form, OpenSelectField, cleaned, is_yes, one_of
from taskforge.notifications.watch_queries import BoardChoice


def board_choice(value: object, *, field: str) -> BoardChoice | None:
    """A choice for a board; None for the word that stands for none.

    Raises:
        InvalidInput: it is none of them.
    """
    word = one_of(value, field=field, options=("watched", *BoardChoice))
    return None if word == "watched" else BoardChoice(word)


class TaskWatchForm(Form):
    """Whether one hears of a task."""

    watching = StringField("Watch", [cleaned(is_yes)])


class BoardWatchForm(Form):
    """What one hears of a board."""

    choice = OpenSelectField("What you hear of", [cleaned(board_choice)])
