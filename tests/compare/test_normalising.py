"""Two answers compare equal when only the run, the order of attributes or a rename tells them apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.compare.client import Ask
from tests.compare.markup import json_lines, lines_of, parse
from tests.compare.neutral import Neutraliser
from tests.compare.renames import Renames

STARTED = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLD_ID = "01a221a5-7474-73b1-9168-20c69c83fa42"  # made on 28 November 2026 at 10:13
neutral = Neutraliser(STARTED, "http://127.0.0.1:8000")


def lines(html: str) -> list[str]:
    return lines_of(parse(html), neutral)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('<a class="b a" href="/x">y</a>', '<a  href="/x"\n class="a  b">y</a>'),
        ("<p>one  two\n</p>\n\n<p>three</p>", "<p> one two</p><p>three</p>"),
        ('<script src="/assets/0123456789ab/js/app.js">', '<script src="/assets/ba9876543210/js/app.js">'),
        ('<input name="op" value="1">', '<input name="op" value="2">'),
        ("<p>28 Nov 2026, 12:03 UTC", "<p>28 Nov 2026, 12:04 UTC"),
        ("<p>28 Nov 2026, 12:03 UTC", "<p>28 Nov 2026,\n 12:04 UTC"),
        ("<p>on 28 Nov 2026 at 12:03 UTC.", "<p>on 28 Nov 2026 at 12:04 UTC."),
        ('<path d="M1 2 3 4">', '<path d="M1 2\n   3 4">'),
    ],
)  # fmt: skip
def test_what_says_the_same_is_equal(one: str, other: str) -> None:
    assert lines(one) == lines(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>a</p>b", "<p>ab</p>"),
        ("<p>a</p>", "<div>a</div>"),
        ("<pre>a  b</pre>", "<pre>a b</pre>"),
        ('<a href="/x">', '<a href="/y">'),
        ("<p>27 Nov 2026, 12:03 UTC", "<p>26 Nov 2026, 12:03 UTC"),
        (f"<p>{OLD_ID}", "<p>01a221a5-7474-73b1-9168-20c69c83fa43"),
        ("<input disabled>", "<input>"),
    ],
)
def test_what_differs_is_not_equal(one: str, other: str) -> None:
    assert lines(one) != lines(other)


def test_html_inside_json_is_compared_as_html() -> None:
    one, other = (
        {"b": 1, "card": '<p id="1" class="x">a</p>'},
        {"card": '<p class="x" id="1">a</p>\n', "b": 1},
    )
    assert json_lines(one, neutral) == json_lines(other, neutral)


RENAMES = Renames(
    classes={"spot": "inline-field", "act": "task", "act__theirs": "task__remote"},
    ids={"spot-*": "inline-field-*", "keys": "shortcuts"},
    attributes={"data-act": "data-action"},
    attributes_on={"form": {"data-act": "data-done"}, ".columns": {"data-keys": None}},
    modules={"spot": "inline-field", "board": None},
    events={"forge:stale": "board:stale"},
    address={"act": "action", "travel": "history"},
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('  <p class="soft spot spot--open">', '  <p class="inline-field inline-field--open soft">'),
        ('<p class="act__theirs acts">', '<p class="acts task__remote">'),
        ('<p class="act act__other">', '<p class="act__other task">'),
        ('<form data-act="done">', '<form data-done="done">'),
        ('<p class="columns" data-keys="x">', '<p class="columns">'),
        ('<p aria-describedby="a spot-title" id="keys">', '<p aria-describedby="a inline-field-title" id="shortcuts">'),
        ('<p data-act="done" id="x">', '<p data-action="done" id="x">'),
        ('<p data-module="board form spot">', '<p data-module="form inline-field">'),
        ('<p hx-target="#spot-due">', '<p hx-target="#inline-field-due">'),
        ('<p hx-trigger="forge:stale">', '<p hx-trigger="board:stale">'),
        ('<p data-open="keys">', '<p data-open="shortcuts">'),
        ('<p data-style="/css/a.css /css/travel/b.css">', '<p data-style="/css/a.css /css/history/b.css">'),
        ('<p data-needs=".spot [data-act]">', '<p data-needs=".inline-field [data-action]">'),
        ('<a href="/boards/travel?act=a&b=1#spot-x">', '<a href="/boards/history?action=a&b=1#inline-field-x">'),
        ('<input name="act" type="hidden">', '<input name="action" type="hidden">'),
        ("hx-trigger: forge:stale", "hx-trigger: board:stale"),
        ("a sentence about spot and act", "a sentence about spot and act"),
    ],
)  # fmt: skip
def test_names_of_before_become_those_of_after(before: str, after: str) -> None:
    assert RENAMES.in_line(before) == after


def test_a_request_is_sent_under_its_new_name() -> None:
    ask = RENAMES.in_ask(Ask("POST", "/a/travel?act=1", body=(("act", "done"), ("task", "act"))))
    assert ask.address == "/a/history?action=1"
    assert ask.body == (("action", "done"), ("task", "act"))
