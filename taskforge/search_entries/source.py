"""What a kind of search entry is made from, as the features above declare it (`taskforge.search.sources`).

The fingerprint of a row is a hash, made by PostgreSQL, of everything that an entry shows of it; the hash of its
document stands for what MongoDB holds. So SQL alone tells which entries are out of date; moving a card changes none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from taskforge.stores import sql
from taskforge.text.search_words import FORM, Weight

Texts = list[tuple[Weight, str]]
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One row of ``search_entries``: vectors as text, the plain text, and from which state of the row it is.

    One that is not whole lacks the text of its document.
    """

    entity_id: str
    fingerprint: str
    is_whole: bool
    board_id: str | None
    task_id: str | None
    names: str
    texts: str | None
    body: str


@dataclass(frozen=True)
class Source:
    """One kind of entry.

    `tables` and `is_live` say which rows have one; `shown` are the columns that the fingerprint is made of. `content`
    is the entity type of its document, at the version of the column `version`. `compose` makes names, texts and body of
    a row and its content.
    """

    kind: str
    entity_type: str  # of its audit events
    key: str
    tables: str
    is_live: str
    shown: tuple[str, ...]
    columns: str
    compose: Callable[[sql.Row, Content], tuple[Texts, Texts | None, str]]
    content: str | None = None
    version: str = ""
    board_id: str = "CAST(NULL AS uuid)"
    task_id: str = "CAST(NULL AS uuid)"

    @property
    def fingerprint(self) -> str:
        """SQL of the hash of all that an entry shows of a row."""
        shown = ", ".join(f"CAST({column} AS text)" for column in self.shown)
        return f"CAST(md5(concat_ws(chr(31), '{FORM}', {shown})) AS uuid)"
