"""The parts of a query. Equal queries select the same; `str` gives the one spelling that reads as an equal query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TEXT = "text"  # the term of words that stand alone
SORT = "sort"
OR = "or"
_PLAIN_VALUE = re.compile(r"(?![<>=])(?:[^\s(),\"“”.\\]|\.(?!\.))+")
# Like a value, but neither the name of a term, nor a sign of its own, nor the name of a person.
_PLAIN_WORD = re.compile(r"(?![-@])(?![^\W\d_][\w.-]*:)[^\s()\"“”,\\]+")


@dataclass(frozen=True)
class Value:
    """One value of a term. ``comparison`` is one of ``< <= > >=`` or "". Quoted, it is a text and never a keyword."""

    text: str
    comparison: str = ""
    is_quoted: bool = False
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)

    @classmethod
    def of(cls, text: str) -> Value:
        """The value that means this very text."""
        return cls(text, is_quoted=_PLAIN_VALUE.fullmatch(text) is None)

    def __str__(self) -> str:
        return f"{self.comparison}{_quoted(self.text) if self.is_quoted else self.text}"


@dataclass(frozen=True)
class Range:
    """The values from one to another, both included; one of them may be open."""

    low: Value | None
    high: Value | None

    @property
    def position(self) -> int:
        """Where it begins."""
        return (self.low or self.end).position

    @property
    def length(self) -> int:
        """How long it is."""
        return self.end.position + self.end.length - self.position

    @property
    def end(self) -> Value:
        """Its last value."""
        last = self.high or self.low
        assert last is not None
        return last

    def __str__(self) -> str:
        return f"{self.low or ''}..{self.high or ''}"


Choice = Value | Range


@dataclass(frozen=True)
class Term:
    """What fits one of the values, by the term's canonical name."""

    name: str
    values: tuple[Choice, ...]
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)
    depth = 1

    def __str__(self) -> str:
        if self.name == TEXT and len(self.values) == 1:
            return str(self.values[0])
        return f"{self.name}:{','.join(map(str, self.values))}"


@dataclass(frozen=True)
class Not:
    """What does not fit."""

    item: Node
    depth: int = field(compare=False)

    def __str__(self) -> str:
        return f"-{_grouped(self.item, (All, Either, Not))}"


@dataclass(frozen=True)
class All:
    """What fits every one of two or more parts."""

    items: tuple[Node, ...]
    depth: int = field(compare=False)

    def __str__(self) -> str:
        return " ".join(_grouped(item, (Either,)) for item in self.items)


@dataclass(frozen=True)
class Either:
    """What fits one of two or more parts."""

    items: tuple[Node, ...]
    depth: int = field(compare=False)

    def __str__(self) -> str:
        return f" {OR} ".join(map(str, self.items))


Node = Term | Not | All | Either


@dataclass(frozen=True)
class Query:
    """A query that was read: what it selects (None: everything), and the order in which it wants it, if it says one.

    ``sort`` is the name of an order, with ``-`` before it descending.
    """

    root: Node | None = None
    sort: str | None = None
    sort_at: tuple[int, int] = field(default=(0, 0), compare=False)

    @property
    def parts(self) -> tuple[Node, ...]:
        """What must fit, part by part."""
        if self.root is None:
            return ()
        return self.root.items if isinstance(self.root, All) else (self.root,)

    def without(self, part: Node) -> Query:
        """The same without one of its parts."""
        return Query(all_of([one for one in self.parts if one != part]), self.sort, self.sort_at)

    def __str__(self) -> str:
        sort = f"{SORT}:{self.sort}" if self.sort else ""
        if not sort:
            return str(self.root or "")
        return f"{_grouped(self.root, (Either,))} {sort}" if self.root else sort


def all_of(items: list[Node]) -> Node | None:
    """What fits all of some parts, without a part that holds others of the same meaning."""
    flat = [inner for item in items for inner in (item.items if isinstance(item, All) else (item,))]
    if len(flat) < 2:
        return flat[0] if flat else None
    return All(tuple(flat), 1 + max(item.depth for item in flat))


def any_of(items: list[Node]) -> Node:
    """What fits one of some parts, of which there is at least one."""
    flat = [
        inner for item in items for inner in (item.items if isinstance(item, Either) else (item,))
    ]
    return flat[0] if len(flat) == 1 else Either(tuple(flat), 1 + max(item.depth for item in flat))


def text_value(text: str) -> Value:
    """A text to be looked for: in quotes only where it could not stand alone."""
    is_plain = _PLAIN_WORD.fullmatch(text) and _PLAIN_VALUE.fullmatch(text) and text.lower() != OR
    return Value(text, is_quoted=not is_plain)


def list_terms(node: Node | None) -> Iterator[Term]:
    """The terms of a query, from left to right."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from list_terms(node.item)
    elif node is not None:
        for item in node.items:
            yield from list_terms(item)


def _grouped(node: Node, kinds: tuple[type, ...]) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
