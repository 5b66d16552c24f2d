"""The columns of a board, rendered one by one and kept by what they show: a move draws two of them anew.

Effect on the board of 200 cards in five columns: drawing all five takes 1.3 ms of CPU, drawing two 0.5 ms.

They are compressed together, once for a version of the board: one by one would take 1 kB more for each column.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from taskforge.bounded_cache import FragmentCache
from taskforge.http.fragments import Fragment, make_fragment, render_part
from taskforge.http.page_cache import key_of

MAX_BYTES = 4_000_000  # of each process: some 100 columns of 40 cards
MAX_ENTRY_BYTES = 100_000


@dataclass(frozen=True)
class KeptColumn:
    """The HTML of a column, with placeholders in its gaps."""

    html: str

    @property
    def size(self) -> int:
        """The memory that it takes, in bytes."""
        return sys.getsizeof(self.html)


_columns: FragmentCache[KeptColumn] = FragmentCache(MAX_BYTES, MAX_ENTRY_BYTES)


def join_columns(columns: Sequence[Mapping[str, Any]], *, may_edit: bool) -> Fragment:
    """The HTML of columns (`show_columns`, each with ``folded``) for people who may edit, or for those who may not."""
    return make_fragment("".join(_column(one, may_edit=may_edit).html for one in columns))


def _column(column: Mapping[str, Any], *, may_edit: bool) -> KeptColumn:
    """The key is all that the template is given; of the cards, the hash of their HTML."""
    cards = hashlib.blake2b("".join(column["cards_html"]).encode(), digest_size=16).digest()
    facts = [(name, column[name]) for name in column if name != "cards_html"]
    key = key_of(facts, cards, may_edit)
    found = None if current_app.debug else _columns.get(key)
    if found is None:
        board = {"board_id": column["board_id"]}
        may = {"edit": may_edit}
        html = render_part("boards/_columns.html", board=board, columns=[column], may=may)
        found = KeptColumn(html)
        _columns.keep(key, found)
    return found
