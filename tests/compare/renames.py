"""Renamed classes, ids, attributes, values and events: what an answer of A would say if only they had changed.

The file is JSON; every part may be missing::

    {"class": {"spot": "inline-field"}, "id": {"spot-*": "inline-field-*"}, "attribute": {"data-act": "data-action"},
     "value": {"data-module": {"spot": "inline-field"}}, "event": {"forge:stale": "board:stale"},
     "address": {"act": "action"}}

A class that is a block stands for its elements and modifiers too (``spot__edit``, ``spot--open``), unless they are
named themselves. An id that ends in ``*`` stands for all that begin so. "address" renames segments of paths and names
of parameters and form fields; "text" replaces whole texts.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from tests.compare.client import Ask

PARTS = ("class", "id", "attribute", "value", "event", "address", "text")
ID_ATTRIBUTES = frozenset(
    {"id", "for", "form", "list", "aria-controls", "aria-labelledby", "aria-describedby", "aria-owns",
     "aria-activedescendant", "aria-errormessage", "headers", "popovertarget", "commandfor"}
)  # fmt: skip
_TAG = re.compile(r"^(?P<indent> *)<(?P<tag>[\w-]+)(?P<rest>(?: [^\s=>\"]+(?:=\"[^\"]*\")?)*)>$")
_ATTRIBUTE = re.compile(r" (?P<name>[^\s=>\"]+)(?:=\"(?P<value>[^\"]*)\")?")
_HINT = re.compile(r"[.#](-?[_a-zA-Z][\w-]*)|\[([\w-]+)")
_ADDRESS = re.compile(r"^(/[^\s?#]*)(\?[^\s#]*)?(#\S*)?$")


@dataclass(frozen=True)
class Renames:
    """The names of A (keys) and those of B."""

    classes: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path | None) -> Renames:
        """The renames of a file; none without one. Raises `ValueError` for a part that is not known."""
        found = json.loads(file.read_text()) if file else {}
        unknown = sorted(name for name in found if name not in PARTS and not name.startswith("_"))
        if unknown:
            raise ValueError(f"{file} has {', '.join(unknown)}; the parts are {', '.join(PARTS)}")
        return cls(*(found.get(name, {}) for name in PARTS))

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
        pairs = [
            self._attribute(match["name"], match["value"])
            for match in _ATTRIBUTE.finditer(found["rest"])
        ]
        shown = [name if value is None else f'{name}="{value}"' for name, value in sorted(pairs)]
        return f"{found['indent']}<{' '.join([found['tag'], *shown])}>"

    def _attribute(self, name: str, value: str | None) -> tuple[str, str | None]:
        renamed = self.attributes.get(name, name)
        if not value:
            return renamed, value
        words = self.values.get(name, {})
        if name == "class":
            return renamed, " ".join(sorted(self._class(word) for word in value.split()))
        if words:
            value = words.get(value, " ".join(words.get(word, word) for word in value.split(" ")))
        if name == "name":
            value = self.address.get(value, value)
        if name in ID_ATTRIBUTES:
            return renamed, " ".join(self._id(word) for word in value.split(" "))
        if name.startswith(("hx-", "data-")) and not value.startswith("/"):
            value = _HINT.sub(self._in_selector, value)
        return renamed, self.in_address(value)

    def _in_selector(self, found: re.Match[str]) -> str:
        if found[2]:
            return f"[{self.attributes.get(found[2], found[2])}"
        rename = self._class if found[0][0] == "." else self._id
        return found[0][0] + rename(found[1])

    def _class(self, word: str) -> str:
        if word in self.classes:
            return self.classes[word]
        block = re.split(r"__|--", word, maxsplit=1)[0]
        return self.classes.get(block, block) + word[len(block) :]

    def _id(self, word: str) -> str:
        if word in self.ids:
            return self.ids[word]
        for old, new in self.ids.items():
            if old.endswith("*") and word.startswith(old[:-1]):
                return new.rstrip("*") + word[len(old) - 1 :]
        return word
