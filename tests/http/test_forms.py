"""A form gives what a use case needs, or says what is wrong."""

from __future__ import annotations

from functools import partial

import pytest
from flask import Flask
from wtforms import StringField

from taskforge.errors import InvalidInput
from taskforge.http.forms import Form, cleaned
from taskforge.text.validation import clean_line


class NameForm(Form):
    name = StringField("Name", [cleaned(partial(clean_line, max_length=5))])
    title = StringField("Title", [cleaned(clean_line, if_sent=True, max_length=5)])


def test_require_gives_the_cleaned_values(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"name": " Ada "}):
        assert NameForm().require() == {"name": "Ada"}


def test_require_raises_with_every_sentence(app: Flask) -> None:
    with (
        app.test_request_context("/", method="POST", data={"name": "", "title": "too long"}),
        pytest.raises(InvalidInput) as refused,
    ):
        NameForm().require()
    assert refused.value.message == (
        "Name is required. Title must be at most 5 characters; it has 8."
    )
