"""The parts of docs/query-language.md that the code says: the grammar, and the table of terms.

`python -m tests.docs.query_reference` writes them into the page; `test_query_language` compares.
"""

from __future__ import annotations

import re

from taskforge.tasks.query.parser import GRAMMAR
from taskforge.tasks.query.terms import TermType, list_terms
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "query-language.md"
_PART = re.compile(r"(<!-- (\w+): .*? -->\n).*?(<!-- end -->)", re.S)


def grammar() -> str:
    """The grammar as it is read."""
    return f"```lark\n{GRAMMAR.read_text()}```\n"


def table() -> str:
    """The terms in their order."""
    rows = ["| term | selects by | words of its own | example |", "| --- | --- | --- | --- |"]
    return "\n".join([*rows, *map(_row, list_terms())]) + "\n"


def written(page: str) -> str:
    """The page with these parts as they are now."""
    parts = {"grammar": grammar, "terms": table}
    return _PART.sub(lambda found: found[1] + parts[found[2]]() + found[3], page)


def _row(term: TermType) -> str:
    words = ", ".join(f"`{word}`" for word in term.kind.examples())
    return f"| `{term.name}:` | {term.meaning} | {words} | `{term.example}` |"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
