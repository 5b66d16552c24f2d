"""Forms of the inbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wtforms import StringField

from taskforge import clock
from taskforge.http.forms import Form, cleaned
from taskforge.notifications import snoozes
from taskforge.tasks.moment_kind import Moment
from taskforge.text import moments
from taskforge.text.values import parse_datetime

CHOOSE = "Choose until when."


def clean_until(value: object, *, field: str) -> datetime | None:
    """The instant of a choice by its name, of a text such as “fri 15:00” in the reader's zone, or of ISO 8601 in UTC.

    A day without a time is its morning; None for nothing.

    Raises:
        InvalidInput: it is none of these.
    """
    if value in (None, ""):
        return None
    choices = snoozes.list_choices(clock.now(), clock.reader_zone())
    by_name = {choice.name: choice.until for choice in choices}
    if value in by_name:
        return by_name[str(value)]
    if str(value).endswith("Z"):
        return parse_datetime(str(value), field=field)
    found: date | None = Moment().clean(value, field=field)
    if found is None or isinstance(found, datetime):
        return found
    return moments.at_time(found, snoozes.MORNING)


def clean_instant(value: object, *, field: str) -> datetime | None:
    """The instant by which a change is taken back; None for none."""
    return None if value in (None, "") else parse_datetime(str(value), field=field)


class SnoozeForm(Form):
    """Until when: the name of a choice on its button, or a text in the field."""

    until = StringField("Another day and time", [cleaned(clean_until)])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Something must be chosen."""
        if not super().validate(*args, **kwargs):
            return False
        if self.values["until"] is None:
            self.until.errors = [CHOOSE]
            return False
        return True


class UndoForm(Form):
    """The instant at which what is taken back was done."""

    at = StringField("At", [cleaned(clean_instant)])
