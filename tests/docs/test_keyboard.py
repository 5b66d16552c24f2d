"""The page about the keyboard says what the sheet on every page says."""

from __future__ import annotations

import html
import re
from pathlib import Path

from tests.factories import Person
from tests.pages import visit

ROOT = Path(__file__).parent.parent.parent


def test_the_page_lists_the_keys_of_the_sheet(ada: Person) -> None:
    shown_page = visit(ada).open("/inbox").html  # the only one with keys of its own in the sheet
    sheet = html.unescape(shown_page[shown_page.index('id="shortcuts-help"') :])
    listed = []
    for title, rows in re.findall(r"<h3>(.*?)</h3>(.*?)</section>", sheet, re.DOTALL):
        for words, keys in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", rows):
            named = re.findall(r"<(kbd|span)[^>]*>(.*?)</", keys)
            shown = " ".join(key if tag == "span" else f"`{key}`" for tag, key in named)
            listed.append(f"| {title} | {words} | {shown} |")
    page = (ROOT / "docs" / "keyboard.md").read_text()
    assert listed
    assert [line for line in page.splitlines() if line.startswith("| ")][2:] == listed
