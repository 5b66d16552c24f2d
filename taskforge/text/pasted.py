"""What other programs leave in texts that are pasted: tabs, page breaks, escape sequences, bullets, rows of tables.

`static/js/lib/pasted.js` does the same in the browser, and `tests/corpus/pasted.jsonl` tests both with the same cases.
"""

from __future__ import annotations

import re

# Escape sequences of terminals (colours, titles, character sets), and letters struck over by a backspace.
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]{0,256}(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[#%()*+./-][0-~]"
    "|\x1b[0-~]"
    "|([^\n])\x08(?=\\1)|_\x08"
)
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|\Z)')
_SPACES = re.compile(r"[\t\n ]*[\t\n][\t\n ]*")


def clean_pasted(text: str) -> str:
    """A text without what can't be seen: every line break is a line feed, controls but tabs are gone."""
    if text.isprintable() or not _ODD.search(text):
        return text
    return _CONTROL.sub("", _SEQUENCE.sub("", _BREAK.sub("\n", text)))


def one_line(text: str) -> str:
    """A cleaned text for a field of one line: tabs and line breaks are spaces."""
    return _SPACES.sub(" ", text)


def split_rows(text: str) -> list[str]:
    """The lines of a pasted text; of a table its rows, with the cells one behind the other.

    Spreadsheets put cells that hold line breaks or quotes between quotes.
    """
    text = clean_pasted(text)
    if "\t" not in text:
        return text.split("\n")
    rows: list[str] = []
    cells: list[str] = []
    for found in _CELL.finditer(text):
        quoted, plain, separator = found.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        if separator != "\t":
            rows.append(" ".join(filter(None, (one_line(cell).strip() for cell in cells))))
            cells = []
    return rows
