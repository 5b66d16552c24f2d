"""The form of a bulk edit, as pages and scripts send it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import StringField

from taskforge.errors import InvalidInput
from taskforge.http.forms import Form, cleaned, one_of
from taskforge.tasks.bulk.edit import ACTS, MAX_AT_ONCE
from taskforge.tasks.field_kinds import Tags
from taskforge.tasks.fields import IN_MENUS
from taskforge.text.values import is_uuid
from taskforge.web.tasks.controls import control_of, form_field

# The form field that holds the value of an act, by act; acts with a fixed value, and deletion, have none.
VALUE_OF = {
    name: act.field for name, act in ACTS.items() if act.field is not None and act.value is None
}


def _plain_acts() -> list[dict[str, Any]]:
    """The acts of plain fields, which templates show by a common control; each other act has markup of its own."""
    return [
        {
            "name": act.name,
            "button": act.button,
            "field": field.name,
            "label": field.label,
            "icon": field.card_fact.icon,
            "attributes": dict(control_of(field).attributes),
        }
        for field in IN_MENUS
        if field.card_fact is not None
        for act in field.bulk_acts
    ]


PLAIN_ACTS = _plain_acts()


def required_tags(value: object, *, field: str) -> list[str]:
    """Tags from a text that separates them by commas.

    Raises:
        InvalidInput: there is none.
    """
    tags: list[str] = Tags().clean(value, field=field)
    if not tags:
        raise InvalidInput.about(field, "are missing: write at least one")
    return tags


def _with_values(form: type[EditManyForm]) -> type[EditManyForm]:
    for field in dict.fromkeys(VALUE_OF.values()):
        is_list = isinstance(field.kind, Tags)
        setattr(form, field.name, form_field(field, required_tags if is_list else None))
    return form


@_with_values
class EditManyForm(Form):
    """A bulk edit with the fields of all acts, of which `read` takes only the one of the sent act."""

    act = StringField("What", [cleaned(one_of, options=tuple(ACTS))])

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> EditManyForm:
        """The form with the act and its own field; the page sends the fields of all acts."""
        act = sent.get("act", "")
        field = VALUE_OF.get(act)
        own = [("act", act), *([(field.name, sent.get(field.name, ""))] if field else [])]
        return cls(formdata=MultiDict(own))

    @property
    def chosen(self) -> dict[str, Any]:
        """The cleaned values as `edit_tasks` takes them."""
        act = self.values["act"]
        field = VALUE_OF.get(act)
        return {"act": act, "value": self.values.get(field.name) if field else None}


def read_task_ids(sent: list[str]) -> list[str]:
    """The ids of the selected cards.

    Raises:
        InvalidInput: none, too many, or something that is no id.
    """
    if not sent:
        raise InvalidInput("Select at least one card.")
    if len(sent) > MAX_AT_ONCE:
        raise InvalidInput(
            f"At most {MAX_AT_ONCE} cards can be changed at once, and these are {len(sent)}."
        )
    if not all(is_uuid(task_id) for task_id in sent):
        raise InvalidInput("One of the selected cards is none.")
    return sent
