"""Reads the text of a query: the grammar in `grammar.lark`, the terms by their registry."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from taskforge.tasks.query import nodes
from taskforge.tasks.query.builder import make_builder
from taskforge.tasks.query.errors import QueryError
from taskforge.tasks.query.nodes import SORT, Node, Query, Range, Term
from taskforge.tasks.query.orders import sort_word
from taskforge.tasks.query.term_kinds import WordsIn
from taskforge.tasks.query.terms import find_term, list_terms

if TYPE_CHECKING:
    from lark import Lark, Token

GRAMMAR = Path(__file__).with_name("grammar.lark")
MAX_LENGTH = 1_000
MAX_TERMS = 50
MAX_VALUES = 50  # of all terms together
MAX_WORDS = 15  # that are looked for: each is compared with the texts of every task
# The beginning of a term that there is.
KNOWN_FIELD = rf"(?:{'|'.join(term.name for term in list_terms())}):(?!//)"
_BEFORE_A_VALUE = (":", ",", "..", "<", ">", "=")
_REFUSED = ("Cc", "Cs")  # categories of Unicode: control characters, and halves of characters


def parse(text: str) -> Query:
    """The query that a text says; every term and value in it is checked.

    Raises:
        QueryError: it says none.
    """
    return _read(text, _parser())


def parse_in_search(text: str) -> Query:
    """The query of a text that was typed into the search: what names no known term, and ``@name``, are words there.

    Raises:
        QueryError: it says none.
    """
    return _read(text, _search_parser())


def read_query(text: str, terms: Mapping[str, str]) -> Query:
    """The query of a text and of further terms, by their names: their values are written as behind the colon.

    Raises:
        QueryError: the text is no query, or a term is none. ``fields`` name the parameter in which the position counts.
    """
    query = parse(text)
    parts = list(query.parts)
    for name, value in terms.items():
        parts += _read_term(name, value)
    root = nodes.all_of(parts)
    try:
        _check_size(list(nodes.list_terms(root)))
    except QueryError as error:  # all together are too many
        raise QueryError(error.message, 0, len(text)) from None
    return Query(root, query.sort, query.sort_at)


def _read(text: str, parser: Lark) -> Query:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    _check_text(text)
    try:
        root: Node | None = parser.parse(text)  # type: ignore[assignment]
    except UnexpectedToken as error:
        raise _unexpected(text, error.token) from None
    except UnexpectedCharacters as error:
        raise _unexpected_sign(text, error.pos_in_stream or 0) from None
    return _finish(root)


def _read_term(name: str, value: str) -> Sequence[Node]:
    start = f"{name}:"
    try:
        parts = parse(start + value).parts
    except QueryError as error:
        position = max(0, error.position - len(start))
        raise QueryError(error.message, position, error.length, parameter=name) from None
    if len(parts) == 1 and isinstance(parts[0], Term) and parts[0].name == name:
        return parts
    sentence = f"“{value}” is more than values of “{start}”. Put it in quotes."
    raise QueryError(sentence, 0, len(value), parameter=name)


def _check_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        sentence = f"A query has at most {MAX_LENGTH:,} characters, this one has {len(text):,}."
        raise QueryError(sentence, MAX_LENGTH, len(text) - MAX_LENGTH)
    for position, sign in enumerate(text):
        if unicodedata.category(sign) in _REFUSED and not sign.isspace():
            raise QueryError("A query can't hold control characters.", position, 1)


def _check_size(terms: Sequence[Term]) -> None:
    values = [value for term in terms for value in term.values]
    words = [value for term in terms if _looks_for_words(term) for value in term.values]
    for parts, most, sentence in (
        (terms, MAX_TERMS, "A query has at most {} terms."),
        (values, MAX_VALUES, "A query names at most {} values."),
        (words, MAX_WORDS, "A query looks for at most {} words."),
    ):
        if len(parts) > most:
            part = parts[most]
            raise QueryError(sentence.format(most), part.position, part.length)


def _looks_for_words(term: Term) -> bool:
    known = find_term(term.name)
    return known is not None and isinstance(known.kind, WordsIn)


def _finish(root: Node | None) -> Query:
    terms = list(nodes.list_terms(root))
    _check_size(terms)
    sorts = [term for term in terms if term.name == SORT]
    left = _without_sorts(root)
    for term in terms:
        if term.name == SORT and len(sorts) > 1:
            raise QueryError(f"Write “{SORT}:” once.", term.position, term.length)
        _check_values(term)
    if not sorts:
        return Query(root)
    sort, (value, *further) = sorts[0], sorts[0].values
    if further or isinstance(value, Range):
        raise QueryError(f"“{SORT}:” takes one name.", sort.position, sort.length)
    if sort in nodes.list_terms(left):
        sentence = f"Write “{SORT}:” beside other terms, outside brackets."
        raise QueryError(sentence, sort.position, sort.length)
    return Query(left, sort_word(value), (sort.position, sort.length))


def _without_sorts(root: Node | None) -> Node | None:
    """What is selected, without orders that stand beside other parts, also of a side of “or”."""
    if isinstance(root, nodes.Either):
        return nodes.any_of([_without_sorts(item) or item for item in root.items])
    left = [part for part in Query(root).parts if not isinstance(part, Term) or part.name != SORT]
    return nodes.all_of(left)


def _check_values(term: Term) -> None:
    known = find_term(term.name)
    assert known is not None
    for value in term.values:
        known.kind.check(term.name, value)


@cache
def _parser() -> Lark:
    """The parser, made at the first query of the process: 0.1 s of processor time and 5 MB with Lark."""
    from lark import Lark

    grammar = GRAMMAR.read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=make_builder(), maybe_placeholders=False)


@cache
def _search_parser() -> Lark:
    """The same grammar, in which only the names of known terms begin a term."""
    from lark import Lark
    from lark.lexer import PatternRE, TerminalDef

    def edit(terminal: TerminalDef) -> None:
        if terminal.name == "FIELD":
            terminal.pattern = PatternRE(KNOWN_FIELD, ("i",))

    grammar = GRAMMAR.read_text(encoding="utf-8")
    builder = make_builder(people_have_marks=False)
    return Lark(
        grammar, parser="lalr", transformer=builder, maybe_placeholders=False, edit_terminals=edit
    )


def _unexpected(text: str, token: Token) -> QueryError:
    if token.type == "$END":
        return _ends_early(text)
    position, length = token.start_pos or 0, max(1, len(token))
    if token.type in ("_COMMA", "_RANGE", "_OPEN_RANGE", "COMPARISON"):
        return QueryError(f"A value is missing before “{token}”.", position, length)
    return _unexpected_sign(text, position, length)


def _unexpected_sign(text: str, position: int, length: int = 1) -> QueryError:
    sign = text[position : position + length]
    before = text[:position].rstrip()
    if sign in '"“”':
        sentence = "This quotation mark has no other one."
    elif before.endswith(_BEFORE_A_VALUE):
        position, length = len(before) - 1, position + length + 1 - len(before)
        sentence = "A value is missing here."
    elif sign == ")":
        sentence = "This bracket closes nothing. Put it in quotes to look for it."
    else:
        sentence = f"“{sign}” can't stand here. Put it in quotes to look for it."
    return QueryError(sentence, position, length)


def _ends_early(text: str) -> QueryError:
    written = text.rstrip()
    position = max(0, len(written) - 1)
    if written.endswith(_BEFORE_A_VALUE):
        start = max(written.rfind(" "), written.rfind("("), written.rfind("-", 0, 1)) + 1
        return QueryError("A value is missing at the end.", start, len(written) - start)
    if text.count("(") > text.count(")"):
        return QueryError("This bracket is not closed.", text.rfind("("), 1)
    return QueryError("The query ends too early: a term is missing.", position, 1)
