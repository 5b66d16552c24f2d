"""The form of a comment."""

from __future__ import annotations

from wtforms import TextAreaField

from taskforge.comments.documents import MAX_CONTENT_LENGTH
from taskforge.http.forms import Form, VersionForm, cleaned
from taskforge.text.validation import clean_text


class CreateCommentForm(Form):
    """What somebody says."""

    content = TextAreaField("Comment", [cleaned(clean_text, max_length=MAX_CONTENT_LENGTH)])


class EditCommentForm(CreateCommentForm, VersionForm):
    """What they say instead, and which version they saw."""
