"""Two changes of one text become one where they touch different lines."""

from __future__ import annotations

import pytest

from taskforge.text.merge import merge_texts
from tests.processor_time import processor_seconds

BASE = "# Plan\n\none\ntwo\nthree\n\nThe end"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        (
            BASE,
            BASE.replace("one", "ONE"),
            BASE.replace("three", "THREE"),
            "# Plan\n\nONE\ntwo\nTHREE\n\nThe end",
        ),
        (BASE, "Intro\n" + BASE, BASE + "\nP.S.", "Intro\n" + BASE + "\nP.S."),
        (
            BASE,
            BASE.replace("one\n", ""),
            BASE.replace("The end", "Bye"),
            "# Plan\n\ntwo\nthree\n\nBye",
        ),
        (BASE, BASE.replace("two", "2"), BASE.replace("two", "2"), BASE.replace("two", "2")),
        ("a\nb\nc", "a\nB\nc\nd", "A\nx\nb\nc", None),
        ("", "new", "", "new"),
        ("", "", "new", "new"),
        ("gone", "", "gone", ""),
        ("a\r\nb\nc", "a\r\nb\nC", "x\na\r\nb\nc", "x\na\r\nb\nC"),
    ],
)
def test_changes_of_different_lines_are_both_kept(
    base: str, mine: str, theirs: str, merged: str | None
) -> None:
    one, other = merge_texts(base, mine, theirs), merge_texts(base, theirs, mine)
    assert one.is_clean == other.is_clean == (merged is not None)
    if merged is not None:
        assert one.text == other.text == merged


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        (BASE, BASE.replace("two", "zwei"), BASE.replace("two", "deux")),
        ("", "mine", "theirs"),
        ("one", "", "other"),
        ("a\nb", "a\nb\nmine", "a\nb\ntheirs"),
    ],
)
def test_changes_of_the_same_lines_stand_against_each_other(
    base: str, mine: str, theirs: str
) -> None:
    assert not merge_texts(base, mine, theirs).is_clean
    assert merge_texts(base, mine, theirs).text == mine


def test_what_is_offered_holds_their_other_changes_too() -> None:
    mine = BASE.replace("two", "zwei")
    theirs = BASE.replace("two", "deux").replace("The end", "Bye")
    assert merge_texts(BASE, mine, theirs).text == BASE.replace("two", "zwei").replace(
        "The end", "Bye"
    )


def test_the_longest_and_dullest_texts_take_no_time() -> None:
    base = "\n" * 50_000 + "x" * 50_000
    mine, theirs = "a\n" * 25_000 + base, base.replace("x", "y\n")

    def merge_both() -> None:
        assert not merge_texts(base, mine, theirs).is_clean
        assert not merge_texts("a\nb\n" * 1000, "b\na\n" * 1000, "a\n\n" * 1000).is_clean

    assert processor_seconds(merge_both) < 5
