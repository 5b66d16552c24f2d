"""HTML that is rendered once: its gaps are filled anew for each answer, and the compressed form says the same."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

from taskforge.http import fragments
from taskforge.http.fragments import Fragment

OPERATIONS = re.compile(rb"'[0-9a-f]{8}-[^']*'")
FORM = "<p>é{{ words }}</p><input value='{{ csrf_token() }}'><input value='{{ new_op() }}'>"


@pytest.fixture
def from_text(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are given as they are, not by name."""
    monkeypatch.setattr(app.jinja_env, "get_template", app.jinja_env.from_string)


@pytest.fixture
def fragment(app: Flask, from_text: None) -> Fragment:
    with app.test_request_context():
        return fragments.render_fragment(FORM * 3, words="again and again " * 40)


def test_both_forms_of_an_answer_say_the_same(app: Flask, fragment: Fragment) -> None:
    with app.test_request_context():
        outer = fragments.render_fragment(
            "<main>{{ inner }}</main> again", inner=fragments.inner_placeholder()
        )
        page = fragments.nest(outer, fragment)
        html = fragments.to_html(page)
        assert html.startswith("<main><p>é".encode())
        assert html.endswith(b"</main> again")
        packed = fragments.to_gzip(page)
    assert len(packed) < len(html) / 2
    # Operations differ from answer to answer.
    assert OPERATIONS.sub(b"", gzip.decompress(packed)) == OPERATIONS.sub(b"", html)
    assert len(set(OPERATIONS.findall(html))) == 3


def test_a_token_of_another_length_does_no_harm(
    app: Flask, from_text: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fragments, "generate_csrf", lambda: "short")
    with app.test_request_context():
        other = fragments.render_fragment(FORM * 3, words="again and again " * 40)
        monkeypatch.undo()
        html = gzip.decompress(fragments.to_gzip(other)).decode()
    assert html.count("<p>é") == 3
    assert html.count("<input") == 6
    assert "short" not in html


def test_several_fragments_and_texts_are_put_into_one(app: Flask, from_text: None) -> None:
    with app.test_request_context():
        outer = fragments.render_fragment(
            "<title>{{ inner }}</title>{{ inner }}<p>end", inner=fragments.inner_placeholder()
        )
        page = fragments.nest(
            outer, fragments.text_fragment("a <b> é"), fragments.render_fragment("<p>in" * 20)
        )
        html = fragments.to_html(page).decode()
        assert html == f"<title>a &lt;b&gt; é</title>{'<p>in' * 20}<p>end"
        assert gzip.decompress(fragments.to_gzip(page)).decode() == html
        for parts in ((), (outer, outer, outer)):
            with pytest.raises(ValueError, match="placeholders"):
                fragments.nest(outer, *parts)


def test_long_texts_have_the_right_checksum(app: Flask, from_text: None) -> None:
    with app.test_request_context():
        page = fragments.render_fragment("é" + "0123456789" * 30_000 + "{{ new_op() }}" + "x" * 99)
        assert len(gzip.decompress(fragments.to_gzip(page))) == 300_000 + 2 + 36 + 99


def test_a_fragment_knows_nothing_of_the_person_or_the_request(app: Flask, from_text: None) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError):
        fragments.render_fragment("{{ current_user.display_name }}")


def test_a_template_that_is_rendered_alone_has_its_values_at_once(app: Flask) -> None:
    with app.test_request_context():
        assert "~" not in render_template_string(FORM, words="")


def test_the_tokens_of_all_sessions_have_one_length(app: Flask) -> None:
    lengths = set()
    for _ in range(300):
        with app.test_request_context():
            lengths.add(len(fragments.csrf_token()))
    assert len(lengths) == 1
