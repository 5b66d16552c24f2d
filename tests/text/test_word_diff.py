"""Two texts compared word by word: nothing is lost, few words are marked, and no text takes long."""

from __future__ import annotations

import random

import pytest

from taskforge.text.word_diff import ADDED, FOLD, REMOVED, SAME, diff_words, fold, shorten
from tests.processor_time import processor_seconds


def marked(before: str, after: str) -> str:
    signs = {SAME: "{}", REMOVED: "[-{}-]", ADDED: "[+{}+]"}
    return "".join(signs[piece.kind].format(piece.text) for piece in diff_words(before, after))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("same", "same", "same"),
        ("", "", ""),
        ("", "new", "[+new+]"),
        ("gone", "", "[-gone-]"),
        ("abc", "abcd", "[-abc-][+abcd+]"),
        ("the cat sat", "the dog sat", "the [-cat-][+dog+] sat"),
        ("Write the report", "Write the long report", "Write the [+long +]report"),
        ("one two three", "uno dos three", "[-one two-][+uno dos+] three"),
        ("a, b", "a; b", "a[-,-][+;+] b"),
        ("größer ist", "grösser ist", "[-größer-][+grösser+] ist"),
        ("x\ny\nz", "x\nz", "x\n[-y\n-]z"),
    ],
)
def test_the_words_that_changed_are_marked(before: str, after: str, said: str) -> None:
    assert marked(before, after) == said


def test_both_texts_can_be_read_from_the_pieces() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        before, after = ("".join(chance.choices("ab \n.é", k=chance.randint(0, 16))) for _ in "ab")
        pieces = diff_words(before, after)
        assert "".join(piece.text for piece in pieces if piece.kind != ADDED) == before
        assert "".join(piece.text for piece in pieces if piece.kind != REMOVED) == after


def test_hostile_texts_are_compared_in_a_moment() -> None:
    chance = random.Random(7)
    pairs = [
        tuple(separator.join(chance.choices(letters, k=length)) for _ in "ab")
        for letters in ("ab", "abcdefghij", "abcdefghijklmnopqrstuvwxyz")
        for separator in (" ", "\n")
        for length in (190, 900, 9_000, 50_000)
    ]
    assert processor_seconds(lambda: [diff_words(*pair) for pair in pairs]) < 3


def test_long_stretches_that_stayed_are_folded_at_words() -> None:
    middle = "".join(f"word{number} " for number in range(200))
    pieces = fold(diff_words(f"old {middle}end", f"new {middle}fin"))
    assert [piece.kind for piece in pieces] == [
        REMOVED, ADDED, SAME, FOLD, SAME, REMOVED, ADDED,
    ]  # fmt: skip
    kept = pieces[2].text.split() + pieces[4].text.split()
    assert set(kept) < set(middle.split())
    assert {"word0", "word199"} < set(kept)


def test_a_comparison_is_cut_after_so_many_characters() -> None:
    pieces = diff_words("a " * 50 + "old", "a " * 50 + "new")
    shown, everything = shorten(pieces, longest=102)
    assert (sum(len(piece.text) for piece in shown), everything) == (102, False)
    assert shorten(pieces, longest=1000) == (pieces, True)
