"""HTML as lines that say the same for the same document: one tag or text a line, attributes and classes in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
VERBATIM = frozenset({"pre", "textarea", "script", "style"})
FRESH_FIELDS = frozenset({"op"})  # hidden inputs with a fresh value in every answer

Attributes = dict[str, str | None]


@dataclass
class Node:
    """An element, a text (`tag` is ``#text``) or another piece of a document."""

    tag: str
    attributes: Attributes = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator[Node]:
        """The node and everything below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Builder(HTMLParser):
    """Builds nodes as they are written: a tag that is never closed ends with its parent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return
        self._open[-1].children.append(Node("#stray", text=f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(Node("#text", text=data))

    def handle_decl(self, decl: str) -> None:
        self._open[-1].children.append(Node("#stray", text=f"<!{decl.lower()}>"))

    def handle_comment(self, data: str) -> None:
        self._open[-1].children.append(Node("#stray", text=f"<!-- {data.strip()} -->"))


def parse(html: str) -> Node:
    """The document or the fragment as a tree."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def lines_of(root: Node, neutral: Callable[[str], str]) -> list[str]:
    """The tree as indented lines; neighbouring whitespace is one space, `neutral` is applied to every value."""
    return list(_lines(root.children, neutral, 0, verbatim=False))


def _lines(
    nodes: list[Node], neutral: Callable[[str], str], depth: int, *, verbatim: bool
) -> Iterator[str]:
    indent = " " * depth
    for node in nodes:
        if node.tag == "#text":
            text = neutral(node.text)
            shown = json.dumps(text, ensure_ascii=False) if verbatim else " ".join(text.split())
            if shown:
                yield indent + shown
        elif node.tag == "#stray":
            yield indent + neutral(node.text)
        else:
            yield indent + _tag(node, neutral)
            inner = verbatim or node.tag in VERBATIM
            yield from _lines(node.children, neutral, depth + 1, verbatim=inner)


def _tag(node: Node, neutral: Callable[[str], str]) -> str:
    shown = [node.tag]
    for name, value in sorted(node.attributes.items()):
        if value is None:
            shown.append(name)
        elif node.tag == "input" and name == "value" and _is_fresh(node):
            shown.append('value="{fresh}"')
        else:
            said = neutral(_value(name, value)).replace('"', "&quot;").replace("\n", "&#10;")
            shown.append(f'{name}="{said}"')
    return f"<{' '.join(shown)}>"


def _is_fresh(node: Node) -> bool:
    return node.attributes.get("name") in FRESH_FIELDS


def _value(name: str, value: str) -> str:
    if name == "class":
        return " ".join(sorted(value.split()))
    if name == "d":  # a path of SVG, in which all whitespace means the same
        return " ".join(value.split())
    if value[:1] in "{[":
        try:
            return json.dumps(json.loads(value), sort_keys=True, ensure_ascii=False)
        except ValueError:
            return value
    return value


def json_lines(value: Any, neutral: Callable[[str], str]) -> list[str]:
    """A JSON value as lines with sorted names; HTML inside it is shown as the lines of its tree."""
    shown = json.dumps(_readable(value, neutral), indent=1, sort_keys=True, ensure_ascii=False)
    return shown.splitlines()


def _readable(value: Any, neutral: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {neutral(name): _readable(inner, neutral) for name, inner in value.items()}
    if isinstance(value, list):
        return [_readable(inner, neutral) for inner in value]
    if isinstance(value, str):
        if value.lstrip().startswith("<"):
            return lines_of(parse(value), neutral)
        return neutral(value)
    return value
