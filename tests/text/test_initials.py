"""Initials as a reader would take them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforge.text.initials import initials_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ada Lovelace", "AL"),
        ("Ada", "A"),
        ("(Bob) Smith", "BS"),
        ("“Quote” van der Berg", "QB"),
        ("Bob (Smith)", "BS"),
        ("Ada !", "A"),
        ("ß ﬁ", "ẞF"),
        ("ŉ x", "ʼX"),
        ("🇩🇪 Team", "🇩🇪T"),
        ("🇩🇪🇫🇷", "🇩🇪"),
        ("👩‍👩‍👧 Family", "👩‍👩‍👧F"),
        ("👍🏽 ❤️", "👍🏽❤️"),
        ("1️⃣ One", "1️⃣O"),
        ("e\u0301mile z\u0323ola", "E\u0301Z\u0323"),
        ("नेहा शर्मा", "नेश"),
        ("李 雷", "李雷"),
        ("дарья Орлова", "ДО"),
        ("3 Blind Mice", "3M"),
        ("???", "?"),
        ("", "?"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@given(st.text(max_size=30))
def test_every_name_has_initials_and_they_are_short(name: str) -> None:
    assert initials_of(name)
    assert len(initials_of(name)) <= 2 * max(1, len(name))
