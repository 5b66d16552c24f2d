"""HTML that is rendered once: its gaps are filled anew for each answer, and the compressed form says the same."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from flask import Flask, render_template_string

from taskforge.http import fragments
from taskforge.http.fragments import Fragment

FORM = "<p>é{{ words }}</p><input value='{{ csrf_token() }}'><input value='{{ new_op() }}'>"


@pytest.fixture
def from_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are given as they are, not by name."""
    monkeypatch.setattr(fragments, "render_template", render_template_string)


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
        # Operations differ from answer to answer: leave them out.
        fixed = replace(
            page, gaps=tuple("" if gap == fragments.OPERATION else gap for gap in page.gaps)
        )
        html = fragments.to_html(fixed)
        assert html.startswith("<main><p>é".encode())
        assert len(fragments.to_html(page)) == len(html) + 3 * fragments.OPERATION_SIZE
        packed = fragments.to_gzip(page)
    assert len(packed) < len(html) / 2
    assert len(gzip.decompress(packed)) == len(html) + 3 * fragments.OPERATION_SIZE


def test_a_token_of_another_length_does_no_harm(app: Flask, fragment: Fragment) -> None:
    with app.test_request_context():
        other = replace(fragment, token_size=1)
        assert gzip.decompress(fragments.to_gzip(other)).count(b"<input") == 6


def test_a_template_that_is_rendered_alone_has_its_values_at_once(app: Flask) -> None:
    with app.test_request_context():
        assert "~" not in render_template_string(FORM, words="")


def test_the_tokens_of_all_sessions_have_one_length(app: Flask) -> None:
    lengths = set()
    for _ in range(300):
        with app.test_request_context():
            lengths.add(len(fragments.csrf_token()))
    assert len(lengths) == 1
