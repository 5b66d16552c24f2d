"""A visitor without JavaScript: reads pages, fills in the forms that are really on them, and sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import Person

HTMX = {"HX-Request": "true"}


@dataclass
class Form:
    """A form of a page with the values that a browser would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page:
    """An answer as somebody sees it."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.html = join_tags(answer.get_data(as_text=True))
        self.location = answer.headers.get("Location", "")
        reader = _Reader()
        reader.feed(answer.get_data(as_text=True))
        self.forms = reader.forms
        self.text = re.sub(r"\s+", " ", " ".join(reader.words)).strip()

    def form(self, action: str) -> Form:
        """The form whose address ends like this."""
        found = [form for form in self.forms if form.action.endswith(action)]
        assert found, f"no form for {action}; there are {[form.action for form in self.forms]}"
        return found[0]

    def has_form(self, action: str) -> bool:
        return any(form.action.endswith(action) for form in self.forms)


def join_tags(html: str) -> str:
    """HTML with each tag on one line: a template may wrap a long tag between its attributes."""
    return re.sub(r"<[a-z][^<>]*>", lambda tag: re.sub(r"\n\s*", " ", tag[0]), html)


class Visitor:
    """Somebody at a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, path: str, **headers: str) -> Page:
        return Page(self.client.get(path, headers=headers))

    def send(self, form: Form, *, headers: dict[str, str] | None = None, **changes: Any) -> Page:
        """Send a form with some fields filled in; None leaves a field out."""
        fields = {**form.fields, **changes}
        data = {name: value for name, value in fields.items() if value is not None}
        return Page(self.client.open(form.action, method=form.method, data=data, headers=headers))

    def fill(self, path: str, action: str, *, htmx: bool = False, **changes: Any) -> Page:
        """Open a page and send the form on it whose address ends with `action`."""
        form = self.open(path).form(action)
        return self.send(form, headers=HTMX if htmx else None, **changes)


def visit(person: Person) -> Visitor:
    """A browser in which this person is logged in."""
    return Visitor(person.browser())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._read_input(self._form, given)
        elif tag == "textarea":
            self._area = given["name"]
            self._form.fields[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select is not None and "value" in given:
            self._form.fields.setdefault(self._select, given["value"])
            if "selected" in given:
                self._form.fields[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            text = self._form.fields[self._area].replace("\r\n", "\n")
            self._form.fields[self._area] = text.removeprefix("\n")  # as browsers do
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._area is not None and self._form is not None:
            self._form.fields[self._area] += data

    def _read_input(self, form: Form, given: dict[str, str]) -> None:
        if "name" not in given or "disabled" in given:
            return
        if given.get("type") in ("checkbox", "radio") and "checked" not in given:
            return
        form.fields[given["name"]] = given.get("value", "on")


def open_twice(visitor: Visitor, path: str) -> Page:
    """The page as it is shown when the process has everything ready."""
    visitor.open(path)
    return visitor.open(path)
