"""Renamed classes, ids, attributes, values and events: what an answer of A would say if only they had changed.

The files are JSON; every part may be missing, and several files are laid over each other::

    {"class": {"spot": "inline-field"}, "id": {"spot-*": "inline-field-*"}, "attribute": {"data-act": "data-action"},
     "attribute_on": {"form": {"data-act": "data-done"}, ".columns": {"data-keys": null}, "#top": {"data-a": "data-b"}},
     "module": {"spot": "inline-field", "board": null}, "event": {"forge:stale": "board:stale"},
     "address": {"act": "action"}, "text": {"Old words": "New words"}, "ignored": ["^<script "]}

A class that is a block stands for its elements and modifiers too (``spot__edit``, ``spot--open``), unless any of them
is named itself. An id that ends in ``*`` stands for all that begin so. "attribute_on" are attributes of certain
elements, by tag, class or id of A. "module" are words of data-module. "address" renames segments of paths and names of
parameters and form fields; "text" replaces whole texts; lines that match a pattern of "ignored" are left out of both
sides. null leaves something out. "notes" are for readers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.compare.client import Ask

PARTS = (
    "class",
    "id",
    "attribute",
    "attribute_on",
    "module",
    "event",
    "address",
    "text",
    "ignored",
)
NOTES = "notes"
Names = dict[str, str | None]
ID_ATTRIBUTES = frozenset(
    {"id", "for", "form", "list", "aria-controls", "aria-labelledby", "aria-describedby", "aria-owns",
     "aria-activedescendant", "aria-errormessage", "headers", "popovertarget", "commandfor", "data-open"}
)  # fmt: skip
_TAG = re.compile(r"^(?P<indent> *)<(?P<tag>[\w-]+)(?P<rest>(?: [^\s=>\"]+(?:=\"[^\"]*\")?)*)>$")
_ATTRIBUTE = re.compile(r" (?P<name>[^\s=>\"]+)(?:=\"(?P<value>[^\"]*)\")?")
_HINT = re.compile(r"[.#](-?[_a-zA-Z][\w-]*)|\[([\w-]+)")
_ADDRESS = re.compile(r"^(/[^\s?#]*)(\?[^\s#]*)?(#\S*)?$")


@dataclass(frozen=True)
class Renames:
    """The names of A (keys) and those of B."""

    classes: Names = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    attributes: Names = field(default_factory=dict)
    attributes_on: dict[str, Names] = field(default_factory=dict)
    modules: Names = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @classmethod
    def read(cls, files: Sequence[Path]) -> Renames:
        """The renames of these files. Raises `ValueError` for a part that is not known."""
        found: dict[str, Any] = {name: {} for name in PARTS[:-1]} | {PARTS[-1]: []}
        for file in files:
            for part, names in json.loads(file.read_text()).items():
                if part == NOTES:
                    continue
                if part not in PARTS:
                    raise ValueError(f"{file} has {part!r}; the parts are {', '.join(PARTS)}")
                found[part] = found[part] + names if part == PARTS[-1] else found[part] | names
        return cls(*(found[name] for name in PARTS[:-1]), ignored=tuple(found[PARTS[-1]]))

    def keeps(self, line: str) -> bool:
        """Whether a line of a dump, of either side, counts."""
        return not any(re.search(pattern, line.strip()) for pattern in self.ignored)

    def in_line(self, line: str) -> str:
        """One line of a dump of A, in B's words."""
        shown = line.strip().rstrip(",").strip('"')
        if shown in self.texts:
            return line.replace(shown, self.texts[shown])
        line = self._in_events(line)
        quoted = re.fullmatch(r'( *)"(?P<inner> *<.*>)"(,?)', line)
        if quoted:  # HTML as a value inside JSON
            inner = self._in_tag(json.loads(f'"{quoted["inner"]}"'))
            return f"{quoted[1]}{json.dumps(inner, ensure_ascii=False)}{quoted[3]}"
        if line.startswith(("location: ", "hx-redirect: ")):
            name, _, value = line.partition(": ")
            return f"{name}: {self.in_address(value)}"
        return self._in_tag(line)

    def in_ask(self, ask: Ask) -> Ask:
        """A request of A as B takes it."""
        body = ask.body and tuple((self.address.get(name, name), value) for name, value in ask.body)
        return replace(ask, address=self.in_address(ask.address), body=body)

    def in_address(self, address: str) -> str:
        """A path with its parameters and its fragment."""
        found = _ADDRESS.match(address)
        if not found:
            return address
        path = "/".join(self.address.get(part, part) for part in found[1].split("/"))
        query, fragment = found[2] or "", found[3] or ""
        if any(name in query for name in self.address):
            pairs = parse_qsl(query[1:], keep_blank_values=True)
            query = "?" + urlencode(
                [(self.address.get(name, name), value) for name, value in pairs]
            )
        return path + query + (f"#{self._id(fragment[1:])}" if fragment else "")

    def _in_events(self, line: str) -> str:
        for old, new in self.events.items():
            line = re.sub(rf"(?<![\w:-]){re.escape(old)}(?![\w:-])", new, line)
        return line

    def _in_tag(self, line: str) -> str:
        found = _TAG.match(line)
        if not found:
            return line
        given = {match["name"]: match["value"] for match in _ATTRIBUTE.finditer(found["rest"])}
        own = self._names_on(found["tag"], given)
        pairs = {}
        for name, value in given.items():
            renamed = own.get(name, self.attributes.get(name, name))
            if renamed is not None:
                pairs[renamed] = self._value(name, value)
        shown = [
            name if value is None else f'{name}="{value}"' for name, value in sorted(pairs.items())
        ]
        return f"{found['indent']}<{' '.join([found['tag'], *shown])}>"

    def _names_on(self, tag: str, given: Mapping[str, str | None]) -> Names:
        """The renames of attributes that hold for an element only."""
        marks = [
            tag,
            *(f".{word}" for word in (given.get("class") or "").split()),
            f"#{given.get('id')}",
        ]
        return {old: new for mark in marks for old, new in self.attributes_on.get(mark, {}).items()}

    def _value(self, name: str, value: str | None) -> str | None:
        if not value:
            return value
        if name == "class":
            return " ".join(sorted(filter(None, map(self._class, value.split()))))
        if name == "data-module":
            return " ".join(filter(None, (self.modules.get(word, word) for word in value.split())))
        if name == "name":
            return self.address.get(value, value)
        if name in ID_ATTRIBUTES:
            return " ".join(map(self._id, value.split(" ")))
        if name.startswith(("hx-", "data-")) and not value.startswith("/"):
            value = _HINT.sub(self._in_selector, value)
        return " ".join(map(self.in_address, value.split(" ")))  # data-…-style holds several

    def _in_selector(self, found: re.Match[str]) -> str:
        if found[2]:
            return f"[{self.attributes.get(found[2]) or found[2]}"
        rename = self._class if found[0][0] == "." else self._id
        return found[0][0] + (rename(found[1]) or "")

    def _class(self, word: str) -> str | None:
        if word in self.classes:
            return self.classes[word]
        block = re.split(r"__|--", word, maxsplit=1)[0]
        renamed = self.classes.get(block)
        if renamed is None or block in self._blocks_in_full:
            return word
        return renamed + word[len(block) :]

    @cached_property
    def _blocks_in_full(self) -> frozenset[str]:
        """Blocks of which elements or modifiers are named themselves."""
        pieces = (re.split(r"__|--", word, maxsplit=1) for word in self.classes)
        return frozenset(block for block, *rest in pieces if rest)

    def _id(self, word: str) -> str:
        if word in self.ids:
            return self.ids[word]
        for old, new in self.ids.items():
            if old.endswith("*") and word.startswith(old[:-1]):
                return new.rstrip("*") + word[len(old) - 1 :]
        return word
