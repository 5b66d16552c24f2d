"""Lines of CSV files for spreadsheets. A cell that a spreadsheet would take for a formula begins with an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"  # at the start of a file; by it spreadsheets know that it is UTF-8
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_line(cells: Iterable[str | float | None]) -> str:
    """One line of a file, with its end. A number is no formula, though it is negative; None is an empty cell."""
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(one) if isinstance(one, str) else one for one in cells])
    return line.getvalue()
