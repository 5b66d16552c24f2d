"""HTML that is drawn once: its gaps are filled anew for each answer, and the compressed form says the same."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from flask import Flask, render_template_string

from taskforge.http import fragments
from taskforge.http.fragments import Shared

FORM = "<p>é{{ words }}</p><input value='{{ csrf_token() }}'><input value='{{ new_op() }}'>"


@pytest.fixture
def from_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are given as they are, not by name."""
    monkeypatch.setattr(fragments, "render_template", render_template_string)


@pytest.fixture
def drawn(app: Flask, from_text: None) -> Shared:
    with app.test_request_context():
        return fragments.draw(FORM * 3, words="again and again " * 40)


def test_both_forms_of_an_answer_say_the_same(app: Flask, drawn: Shared) -> None:
    with app.test_request_context():
        outer = fragments.draw("<main>{{ inner }}</main> again", inner=fragments.inner_mark())
        page = fragments.join(outer, drawn)
        # Operations differ from answer to answer: leave them out.
        fixed = replace(
            page, gaps=tuple("" if gap == fragments.OPERATION else gap for gap in page.gaps)
        )
        html = fragments.plain(fixed)
        assert html.startswith("<main><p>é".encode())
        assert len(fragments.plain(page)) == len(html) + 3 * fragments.OPERATION_SIZE
        packed = fragments.gzipped(page)
    assert len(packed) < len(html) / 2
    assert len(gzip.decompress(packed)) == len(html) + 3 * fragments.OPERATION_SIZE


def test_a_token_of_another_length_does_no_harm(app: Flask, drawn: Shared) -> None:
    with app.test_request_context():
        other = replace(drawn, token_size=1)
        assert gzip.decompress(fragments.gzipped(other)).count(b"<input") == 6


def test_a_template_that_is_drawn_alone_has_its_values_at_once(app: Flask) -> None:
    with app.test_request_context():
        assert "~" not in render_template_string(FORM, words="")


def test_the_tokens_of_all_sessions_have_one_length(app: Flask) -> None:
    lengths = set()
    for _ in range(300):
        with app.test_request_context():
            lengths.add(len(fragments.csrf_token()))
    assert len(lengths) == 1
