"""The form of a comment."""

from __future__ import annotations

from wtforms import TextAreaField

from taskforge.comments.documents import MAX_CONTENT_LENGTH
from taskforge.http.forms import Form, VersionForm, cleaned
from taskforge.text.validation import clean_text


class CreateCommentForm(Form):
    """A new comment."""

    content = TextAreaField("Comment", [cleaned(clean_text, max_length=MAX_CONTENT_LENGTH)])


class EditCommentForm(CreateCommentForm, VersionForm):
    """The changed text of a comment, and the version that it replaces."""
