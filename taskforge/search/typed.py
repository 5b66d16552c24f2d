"""What somebody types into the search: words, and terms of the query language, which say of which tasks.

A text without any known term is words as it stands: ``http://x``, ``12:30``, ``-x`` and ``(a or b`` are looked for.
Beside a term, ``or``, ``-`` and brackets mean what they mean in a filter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeGuard

from taskforge.tasks.query.errors import QueryError, suggestion
from taskforge.tasks.query.nodes import SORT, TEXT, Node, Query, Term, all_of
from taskforge.tasks.query.parser import KNOWN_FIELD, parse_in_search
from taskforge.tasks.query.terms import list_terms

NO_ORDER = f"A search has an order of its own, so that “{SORT}:” can't stand here."
_QUOTED = re.compile(r'"[^"]*"?|“[^“”]*”?')
_TERM = re.compile(rf"(?:^|[\s(])-*(?:{KNOWN_FIELD})", re.I)
_NAMED_LIKE_A_TERM = re.compile(r"(?:^|[\s(])-?([^\W\d_][\w.-]*):(?!//)")


@dataclass(frozen=True)
class Typed:
    """The ``words`` that are looked for, as they were typed, and the ``selection`` of tasks, if terms make one."""

    words: str
    selection: Query | None = None


def read_typed(text: str) -> Typed:
    """What a text asks for. Words beside terms are looked for as ever; what is negated, or one of several, selects.

    Raises:
        QueryError: there is a term in it, and it can't be read.
    """
    if not _TERM.search(_QUOTED.sub(" ", text)):
        return Typed(text)
    query = parse_in_search(text)
    if query.sort:
        raise QueryError(NO_ORDER, *query.sort_at)
    words = [part.values[0] for part in query.parts if _is_word(part)]
    selecting: list[Node] = [part for part in query.parts if not _is_word(part)]
    said = " ".join(text[word.position : word.position + word.length] for word in words)
    return Typed(said, Query(all_of(selecting)) if selecting else None)


def find_misspelt_term(text: str) -> str | None:
    """A sentence about the first word that looks like a term, is none, and is near to the name of one."""
    for written in _NAMED_LIKE_A_TERM.findall(_QUOTED.sub(" ", text)):
        names = [term.name for term in list_terms()]
        if written.lower() not in names and (hint := suggestion(written, names)):
            return f"“{written}:” is no term, so that it was looked for as a word.{hint}"
    return None


def _is_word(part: Node) -> TypeGuard[Term]:
    return isinstance(part, Term) and part.name == TEXT and len(part.values) == 1
