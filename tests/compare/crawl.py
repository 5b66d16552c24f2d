"""Finds the addresses that pages lead to, a few of each pattern."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.compare.client import Answer, Ask
from tests.compare.dump import Dump
from tests.compare.markup import Node, parse
from tests.compare.neutral import UUID

# A stream never ends, and an asset is compared by what uses it.
SKIPPED = re.compile(r"/(live|assets)/|/rq\b|/admin/rq")
_NUMBER = re.compile(r"(?<![\w-])\d+(?![\w-])")
EACH = 3
EACH_SHAPE = 4
EACH_PATH = 10


@dataclass
class Crawl:
    """The addresses that were seen, and how many of each pattern.

    `each` bounds the addresses that differ in ids and numbers only, `each_shape` those that differ
    in the values of their parameters; `each_path` bounds all that have the same path.
    """

    dump: Dump
    each: int = EACH
    each_shape: int = EACH_SHAPE
    each_path: int = EACH_PATH
    _seen: set[str] = field(default_factory=set)
    _patterns: Counter[str] = field(default_factory=Counter)
    _queue: deque[str] = field(default_factory=deque)

    def run(self, first: Iterable[str]) -> None:
        """Ask for everything that can be reached from the first addresses, which are always asked for."""
        for address in first:
            if address not in self._seen:
                self._seen.add(address)
                self._queue.append(address)
        while self._queue:
            address = self._queue.popleft()
            for answer in ask_in_all_kinds(self.dump, address):
                self._add_links(answer, address)

    def _add_links(self, answer: Answer, address: str) -> None:
        if not answer.is_html or answer.status >= 400:
            return
        for found in links(parse(answer.text), self.dump.client.base, address):
            if found in self._seen or SKIPPED.match(found) or self._is_of_this_run(found):
                continue
            if self._has_room(found):
                self._seen.add(found)
                self._queue.append(found)

    def _is_of_this_run(self, address: str) -> bool:
        """Whether it names a thing that another run does not have."""
        return "{fresh-id}" in self.dump.neutral(address)

    def _has_room(self, address: str) -> bool:
        pattern, shape = pattern_of(address), shape_of(address)
        path = f"path {shape.partition('?')[0]}"
        most = {pattern: self.each, shape: self.each_shape, path: self.each_path}
        if any(self._patterns[name] >= number for name, number in most.items()):
            return False
        self._patterns.update(most.keys())
        return True


def ask_in_all_kinds(dump: Dump, address: str) -> list[Answer]:
    """An address as a page, as a partial, and as JSON where that is something else."""
    page = dump.record(Ask("GET", address, kind="page"))
    partial = dump.record(Ask("GET", address, kind="partial"))
    shape = shape_of(address)
    if shape not in dump.asked_for_json:
        dump.asked_for_json.add(shape)
        dump.record(Ask("GET", address, kind="json"), unless_like=page)
    return [page, partial]


def pattern_of(address: str) -> str:
    """The address with placeholders for ids and numbers."""
    return _NUMBER.sub("{n}", UUID.sub("{id}", address))


def shape_of(address: str) -> str:
    """The pattern of the path, and the names of the parameters."""
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{pattern_of(parts.path)}?{','.join(names)}"


def links(root: Node, base: str, here: str) -> Iterator[str]:
    """Addresses of this site that a document names for reading: links, htmx, scripts, forms with GET."""
    for node in root.walk():
        for name, value in node.attributes.items():
            if name in ("href", "hx-get") or name.startswith("data-"):
                yield from _own(value, base, here)
        if node.tag == "form" and (node.attributes.get("method") or "get").lower() == "get":
            action = node.attributes.get("action") or here
            query = urlencode(list(_fields(node)))
            yield from _own(f"{action.partition('?')[0]}?{query}" if query else action, base, here)


def _own(value: str | None, base: str, here: str) -> Iterator[str]:
    address = (value or "").removeprefix(base).partition("#")[0]
    if address.startswith("?"):
        address = urlsplit(here).path + address
    if re.match(r"/(?!/)[^\s{}<>\"]*$", address):
        yield address


def _fields(form: Node) -> Iterator[tuple[str, str]]:
    for node in form.walk():
        name, kind = node.attributes.get("name"), node.attributes.get("type")
        if not name:
            continue
        if node.tag == "input" and (
            kind not in ("checkbox", "radio") or "checked" in node.attributes
        ):
            yield name, node.attributes.get("value") or ""
        elif node.tag == "select":
            options = [one for one in node.walk() if one.tag == "option"]
            chosen = [one for one in options if "selected" in one.attributes] or options[:1]
            yield from ((name, one.attributes.get("value") or "") for one in chosen)
