"""The pages of the documentation, and what they hold, for the tests that compare them with the code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AT_THE_ROOT = ("README.md", "STYLE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
_FENCE = re.compile(r"^( *)```.*?^\1```", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")


def list_pages() -> list[str]:
    """All pages, as paths from the root of the repository."""
    below = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
    return [*AT_THE_ROOT, *below]


def read_page(page: str) -> str:
    """The text of a page without its blocks of code."""
    return _FENCE.sub("", (ROOT / page).read_text())


def list_code(page: str) -> list[str]:
    """What stands in back quotes on a page."""
    return _CODE.findall(read_page(page))


def read_first_cells(page: str, head: str) -> set[str]:
    """What stands in back quotes in the first column of the table whose head begins with `head`."""
    _, found, rest = (ROOT / page).read_text().partition(f"\n| {head} |")
    assert found, f"{page} has no table that begins with {head}"
    rows = rest.split("\n\n")[0].splitlines()[2:]
    return {name for row in rows for name in _CODE.findall(row.split("|")[1])}
