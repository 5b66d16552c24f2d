"""Forms of what one hears of, and how."""

from __future__ import annotations

from calendar import day_name
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from wtforms import StringField

from taskforge.accounts.notification_preferences import CLOCK_TIME, DEFAULTS, FREQUENCIES
from taskforge.errors import InvalidInput, TaskForgeError
from taskforge.http.forms import (
    Form,
    OpenSelectField,
    VersionForm,
    checked,
    cleaned,
    one_of,
)
from taskforge.notification_kinds import Channel, NotificationKind
from taskforge.notifications.watch_queries import BoardChoice
from taskforge.tasks.moment_kind import Moment
from taskforge.text import moments
from taskforge.text.values import parse_int

MORNING = time(8)  # of a day on which somebody wants to be reminded, without a word about the time

FREQUENCY_WORDS = (
    ("immediate", "At once"),
    ("hourly", "Every hour"),
    ("daily", "Every day"),
    ("weekly", "Every week"),
)


def board_choice(value: object, *, field: str) -> BoardChoice | None:
    """A choice for a board; None for the word that stands for none.

    Raises:
        InvalidInput: it is none of them.
    """
    word = one_of(value, field=field, options=("watched", *BoardChoice))
    return None if word == "watched" else BoardChoice(word)


def clock_time(value: object, *, field: str) -> str | None:
    """A time of the day such as 22:00; None where the field is empty.

    Raises:
        InvalidInput: it is none.
    """
    if value in (None, ""):
        return None
    if isinstance(value, str) and CLOCK_TIME.fullmatch(value):
        return value
    raise InvalidInput.about(field, "must be a time of the day such as 22:00")


def shown_channels(value: object, *, field: str) -> list[Channel]:
    """The channels that a form has shown.

    Raises:
        InvalidInput: it names another one.
    """
    words = str(value).split(" ")
    if not set(words) <= set(Channel):
        raise InvalidInput.about(field, "is wrong")
    return [Channel(word) for word in words]


class TaskWatchForm(Form):
    """Whether one hears of a task; ``other`` is the opposite of what it was, for a key that does not know."""

    watching = StringField("Watch", [cleaned(one_of, options=("0", "1", "other"))])


class BoardWatchForm(Form):
    """What one hears of a board."""

    choice = OpenSelectField("What you hear of", [cleaned(board_choice)])


def reminder_time(value: object, *, field: str) -> datetime:
    """The instant that a text means, in the reader's zone; of a day, its morning.

    Raises:
        InvalidInput: it means none, or is empty.
    """
    moment = Moment().clean(value, field=field)
    if moment is None:
        raise InvalidInput.about(field, "is required")
    return moment if isinstance(moment, datetime) else moments.at_time(moment, MORNING)


class ReminderForm(Form):
    """When one wants to be reminded."""

    at = StringField("Time", [cleaned(reminder_time)])


class NotificationSettingsForm(VersionForm):
    """How one is notified. Cells of the matrix are fields ``<kind>.<channel>``, of the channels that were ``shown``."""

    shown = StringField("Channels", [cleaned(shown_channels)])
    push = StringField("While TaskForge is open", [cleaned(checked)])
    email = StringField("By mail", [cleaned(checked)])
    frequency = OpenSelectField(
        "How often", [cleaned(one_of, options=FREQUENCIES, if_sent=True)], offered=FREQUENCY_WORDS
    )
    digest_hour = OpenSelectField(
        "At",
        [cleaned(parse_int, minimum=0, maximum=23, if_sent=True)],
        offered=[(str(hour), f"{hour:02}:00") for hour in range(24)],
    )
    digest_weekday = OpenSelectField(
        "On",
        [cleaned(parse_int, minimum=1, maximum=7, if_sent=True)],
        offered=[(str(number), name) for number, name in enumerate(day_name, start=1)],
    )
    quiet_from = StringField("From", [cleaned(clock_time, if_sent=True)])
    quiet_until = StringField("Until", [cleaned(clock_time, if_sent=True)])

    def refuse(self, error: TaskForgeError) -> None:
        """Show what is wrong at its field, which the profile names with what it is part of."""
        error.fields = {name.rpartition(".")[2]: why for name, why in error.fields.items()}
        super().refuse(error)

    def changes(self, sent: Mapping[str, str]) -> dict[str, Any]:
        """The values as `edit_profile` takes them; `sent` has the cells that are ticked."""
        shown = self.values["shown"]
        chosen = {name: value for name, value in self.values.items() if name in DEFAULTS}
        if Channel.MAIL not in shown:
            chosen.pop("email")
        matrix = {
            kind.value: {
                channel.value: f"{kind}.{channel}" in sent
                for channel in shown
                if channel in kind.ways.offered
            }
            for kind in NotificationKind
        }
        return {"preferences": {"notifications": {**chosen, "matrix": matrix}}}
