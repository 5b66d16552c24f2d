"""Makes the parts of a query from what the grammar found in its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskforge.tasks.query import nodes
from taskforge.tasks.query.errors import QueryError, suggestion
from taskforge.tasks.query.nodes import TEXT, Node, Range, Term, Value
from taskforge.tasks.query.terms import find_term, list_terms

if TYPE_CHECKING:
    from lark import Token

MAX_DEPTH = 8
PERSON_MARK = "@"
PERSON_TERM = "assignee"


def make_builder(*, people_have_marks: bool = True) -> object:
    """What makes a query of the tree of a text; without `people_have_marks` ``@name`` is a word like others."""
    return _Builder(people_have_marks)


class _Builder:
    """Makes the parts of a query from what the grammar found; the methods have the names of its rules."""

    def __init__(self, people_have_marks: bool) -> None:
        self._people_have_marks = people_have_marks

    def start(self, found: list[Node]) -> Node | None:
        return found[0] if found else None

    def any_of(self, found: list[Node]) -> Node:
        return _bounded(nodes.any_of(found))

    def all_of(self, found: list[Node]) -> Node:
        made = nodes.all_of(found)
        assert made is not None
        return _bounded(made)

    def negated(self, found: list[Any]) -> Node:
        return _bounded(nodes.Not(found[1], 1 + found[1].depth))

    def group(self, found: list[Any]) -> Node:
        node: Node = found[1]
        return node

    def term(self, found: list[Any]) -> Node:
        field, values = found[0], found[1:]
        written = field[:-1]
        term = find_term(written.lower())
        if term is None:
            hint = (
                suggestion(written, (term.name for term in list_terms()))
                or f" Put “{field}” in quotes to look for it."
            )
            raise QueryError(f"There is no term “{written}:”.{hint}", field.start_pos, len(written))
        if term.name == TEXT:
            values = [_as_text(term.name, value) for value in values]
        end = values[-1].position + values[-1].length
        return Term(term.name, tuple(values), field.start_pos, end - field.start_pos)

    def word(self, found: list[Token]) -> Node:
        (token,) = found
        length = len(token)
        if self._people_have_marks and token.startswith(PERSON_MARK) and length > 1:
            name = Value.of(str(token[1:]))
            return Term(PERSON_TERM, (_placed(name, token),), token.start_pos or 0, length)
        value = _placed(nodes.text_value(str(token)), token)
        return Term(TEXT, (value,), value.position, value.length)

    def phrase(self, found: list[Token]) -> Node:
        (token,) = found
        value = _placed(nodes.text_value(_unquoted(token)), token)
        return Term(TEXT, (value,), value.position, value.length)

    def text(self, found: list[Token]) -> Value:
        (token,) = found
        is_quoted = token.type == "QUOTED"
        text = _unquoted(token) if is_quoted else str(token)
        return _placed(Value(text, is_quoted=is_quoted), token)

    def exactly(self, found: list[Value]) -> Value:
        return found[0]

    def compared(self, found: list[Any]) -> Value:
        sign, value = found
        comparison = "" if sign == "=" else str(sign)
        length = value.position + value.length - sign.start_pos
        return Value(value.text, comparison, value.is_quoted, sign.start_pos, length)

    def between(self, found: list[Value]) -> Range:
        return Range(found[0], found[1])

    def at_least(self, found: list[Value]) -> Range:
        return Range(found[0], None)

    def at_most(self, found: list[Value]) -> Range:
        return Range(None, found[0])


def _bounded(node: Node) -> Node:
    if node.depth > MAX_DEPTH:
        first = next(nodes.list_terms(node))
        sentence = f"Brackets can be nested {MAX_DEPTH} deep at most."
        raise QueryError(sentence, first.position, first.length)
    return node


def _as_text(name: str, value: Value | Range) -> Value:
    if isinstance(value, Range) or value.comparison:
        raise QueryError(f"“{name}:” takes words alone.", value.position, value.length)
    made = nodes.text_value(value.text)
    return Value(made.text, "", made.is_quoted, value.position, value.length)


def _placed(value: Value, token: Token) -> Value:
    assert token.start_pos is not None
    return Value(value.text, value.comparison, value.is_quoted, token.start_pos, len(token))


def _unquoted(token: str) -> str:
    inner = token[1:-1]
    if not token.startswith('"'):
        return inner
    parts, is_escaped = [], False
    for sign in inner:
        if sign != "\\" or is_escaped:
            parts.append(sign)
        is_escaped = sign == "\\" and not is_escaped
    return "".join(parts)
