"""Whom a Markdown text mentions."""

from __future__ import annotations

import pytest

from taskforge.text.markdown import find_mentions
from taskforge.text.mentions import MAX_MENTIONS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@ada", ["ada"]),
        ("Hi @Ada.Lovelace, (@bob) and @bob!", ["ada.lovelace", "bob"]),
        ("@ada@Example.COM.", ["ada@example.com"]),
        ("**@ada** ~~@bob~~ _@eve_", ["ada", "bob", "eve"]),
        ("- @ada\n> @bob\n\n| @eve |\n|---|\n| @tom |", ["ada", "bob", "eve", "tom"]),
        ("`@ada` and\n\n    @bob\n\n```\n@eve\n```", []),
        ("mail ada@example.com", []),
        ("http://a.example/@ada", []),
        ("[@ada](http://a.example)", []),
        ("a@b @ @- @@", []),
        ("@Jürgen @первый", ["jürgen", "первый"]),
        ("@नेहा @Zoë @Zoe\u0308", ["नेहा", "zoë"]),
        ("你好@李雷，再见", ["李雷"]),
        ("@o'neil @O’Brien’s", ["o'neil", "o’brien’s"]),
        ("@grace+work@example.com, cc:@bob", ["grace+work@example.com", "bob"]),
        ("é@b.example", []),
        ("@first_last_name", ["first_last_name"]),
        ("", []),
    ],
)
def test_mentions_are_found_where_a_person_speaks(text: str, found: list[str]) -> None:
    assert find_mentions(text) == found


def test_only_so_many_people_can_be_called_at_once() -> None:
    text = " ".join(f"@person{number}" for number in range(500))
    assert len(find_mentions(text)) == MAX_MENTIONS
