"""Formatting a text takes a bounded time, however hard the text is."""

from __future__ import annotations

import pytest

from taskforge.text.markdown import find_mentions, render_markdown
from tests.processor_time import processor_seconds

HARD = {
    "open brackets": "[",
    "open images": "![",
    "stars": "*",
    "stars and underscores": "*_",
    "emphasis pairs": "**a *a ",
    "backticks": "` `` ``` ",
    "quotes": "> ",
    "lists": "- a\n",
    "nested lists": "- ",
    "table rows": "|a|b|\n|-|-|\n",
    "references": "[a]: /b\n",
    "unclosed links": "[a](",
    "unclosed html": "<a ",
    "cdata": "<![CDATA[",
    "entities": "&#0",
    "headings": "# a\n",
    "lines": "a\n",
    "addresses": "http://a.b ",
    "schemes": "http://http://",
    "mentions": "@a",
    "at signs": "@",
    "marks": "e\u0301",
    "strikes": "~~a ",
    "backslashes": "\\[",
    "closing brackets": "http://a.b/" + ")" * 50,
}


@pytest.mark.parametrize("unit", HARD.values(), ids=HARD.keys())
def test_a_megabyte_of_hard_text_takes_at_most_a_second(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert processor_seconds(lambda: (render_markdown(text), find_mentions(text))) < 1.0


def test_a_wide_table_with_endless_short_rows_takes_at_most_a_second() -> None:
    text = "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n" + "b\n" * 100_000
    assert processor_seconds(lambda: render_markdown(text)) < 1.0
