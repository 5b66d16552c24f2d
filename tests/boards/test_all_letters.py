"""The two forms in which texts are compared are the same in PostgreSQL and in Python, for every letter of Unicode."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable

import pytest
from sqlalchemy import text

from taskforge.stores import sql
from taskforge.text.normal_form import fold, fold_for_finding
from tests.factories import Person

# Controls and halves of pairs are never stored; of a letter that Python's Unicode does not know yet, or that is for
# private use, nobody here can say whether it has a small form.
NO_LETTERS = ("Cc", "Cn", "Co", "Cs")
LETTERS = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)) not in NO_LETTERS
]
AT_ONCE = (
    10_000  # letters in a text, a line each: a call of the function for every letter takes minutes
)


def fold_in_database(function: str, lines: list[str]) -> list[str]:
    folded: list[str] = []
    for first in range(0, len(lines), AT_ONCE):
        written = "\n".join(lines[first : first + AT_ONCE])
        row = sql.row(text(f"SELECT {function}(:written) AS form"), {"written": written})
        assert row is not None
        folded += row["form"].split("\n")
    return folded


@pytest.mark.parametrize(
    ("function", "in_python"), [("taskforge_fold", fold), ("taskforge_find", fold_for_finding)]
)
@pytest.mark.parametrize("around", ["{}", "Α{}"], ids=["alone", "at the end"])
def test_every_letter_has_one_form(
    ada: Person, function: str, in_python: Callable[[str], str], around: str
) -> None:
    lines = [around.format(letter) for letter in LETTERS]
    with ada.app.app_context():
        in_database = fold_in_database(function, lines)
    different = {
        f"U+{ord(letter):04X} {unicodedata.name(letter, '')}": (stored, in_python(line))
        for letter, line, stored in zip(LETTERS, lines, in_database, strict=True)
        if stored != in_python(line)
    }
    assert different == {}


def test_small_and_capital_letters_have_one_form() -> None:
    assert [
        one for one in LETTERS if len(one.lower()) == 1 and fold(one.lower()) != fold(one)
    ] == []
