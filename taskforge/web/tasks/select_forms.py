"""What is to be done with the selected cards, as forms and scripts send it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import StringField

from taskforge.errors import InvalidInput
from taskforge.http.forms import Form, OpenSelectField, an_id, cleaned, one_of, optional_id
from taskforge.tasks.bulk.edit import ACTS, MOST_AT_ONCE
from taskforge.tasks.models import PRIORITIES
from taskforge.text.values import is_uuid
from taskforge.web.tasks.forms import PRIORITY_NAMES, optional_day, read_tags

FIELDS = {
    "column": "column_id",
    "assignee": "assignee_id",
    "priority": "priority",
    "due": "due_at",
    "add_tags": "tags",
    "remove_tags": "tags",
}


def some_tags(value: object, *, field: str) -> list[str]:
    """At least one tag, from a text with commas between them."""
    tags = read_tags(value, field=field)
    if not tags:
        raise InvalidInput.about(field, "are missing: write at least one")
    return tags


class EditManyForm(Form):
    """Everything that can be done with many cards; `read` keeps only the field of the act that was chosen."""

    act = StringField("What", [cleaned(one_of, options=tuple(ACTS))])
    column_id = OpenSelectField("Column", [cleaned(an_id, if_sent=True)])
    assignee_id = OpenSelectField("Assignee", [cleaned(optional_id, if_sent=True)])
    priority = OpenSelectField(
        "Priority",
        [cleaned(one_of, options=PRIORITIES, if_sent=True)],
        offered=PRIORITY_NAMES.items(),
    )
    tags = StringField("Tags", [cleaned(some_tags, if_sent=True)])
    due_at = StringField("Due", [cleaned(optional_day, if_sent=True)])

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> EditManyForm:
        """The form with the act and its own field: what the page offers besides is not meant."""
        act = sent.get("act", "")
        name = FIELDS.get(act)
        kept = [("act", act), *([(name, sent.get(name, ""))] if name else [])]
        return cls(formdata=MultiDict(kept))

    @property
    def wanted(self) -> dict[str, Any]:
        """The cleaned values as `edit_tasks` takes them."""
        act = self.values["act"]
        return {"act": act, "value": self.values.get(FIELDS.get(act, ""))}


def read_task_ids(sent: list[str]) -> list[str]:
    """The ids of the selected cards.

    Raises:
        InvalidInput: none, too many, or something that is no id.
    """
    if not sent:
        raise InvalidInput("Select at least one card.")
    if len(sent) > MOST_AT_ONCE:
        raise InvalidInput(
            f"At most {MOST_AT_ONCE} cards can be changed at once, and these are {len(sent)}."
        )
    if not all(is_uuid(task_id) for task_id in sent):
        raise InvalidInput("One of the selected cards is none.")
    return sent
