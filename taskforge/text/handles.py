"""Naming people in quick-add: ``@grace``, ``@grace.hopper`` or the part of the e-mail address before the "@"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from taskforge.text.validation import fold

_JOINTS = re.compile(r"[._'’\-]")
_WRITABLE = re.compile(r"[^\s#@!,;:\"'“”\\()<>\[\]{}?]+(?<!\.)")


@dataclass(frozen=True)
class Nameable:
    """Somebody who can be named: by first name, by whole name without spaces, by the address's local part.

    ``handle`` is the shortest of these that means nobody else; "" when there is none.
    """

    user_id: str
    display_name: str
    first: str
    whole: str
    local: str
    handle: str = ""

    @property
    def names(self) -> tuple[str, str, str]:
        """Everything that the person may be called."""
        return self.first, self.whole, self.local


def plain_name(name: str) -> str:
    """A name as it is compared: folded, without dots, hyphens, underscores and apostrophes."""
    return _JOINTS.sub("", fold(name))


def find_named(name: str, people: Iterable[Nameable]) -> list[Nameable]:
    """Those whom a name may mean; whoever has it as their whole name goes before all others."""
    wanted = plain_name(name)
    return _preferred(wanted, [one for one in people if wanted in one.names])


def make_nameables(people: Iterable[tuple[str, str, str]]) -> list[Nameable]:
    """From (user id, display name, e-mail address) of all members of a team."""
    named, spellings = [], []
    for user_id, display_name, email in people:
        words = display_name.split()
        local = email.partition("@")[0].partition("+")[0]
        whole = plain_name("".join(words))
        first = plain_name(words[0]) if words else whole
        named.append(Nameable(user_id, display_name, first, whole, plain_name(local)))
        spellings.append([fold(spelt) for spelt in ("".join(words[:1]), ".".join(words), local)])
    by_name: dict[str, list[Nameable]] = defaultdict(list)
    for one in named:
        for name in set(one.names):
            by_name[name].append(one)
    return [
        replace(one, handle=_shortest(one, spelt, by_name))
        for one, spelt in zip(named, spellings, strict=True)
    ]


def _preferred(wanted: str, meant: list[Nameable]) -> list[Nameable]:
    whole = [one for one in meant if one.whole == wanted]
    return whole if len(whole) == 1 else meant


def _shortest(
    one: Nameable, spellings: Sequence[str], by_name: Mapping[str, list[Nameable]]
) -> str:
    for spelt in spellings:
        name = plain_name(spelt)
        if _WRITABLE.fullmatch(spelt) and _preferred(name, by_name.get(name, [])) == [one]:
            return spelt
    return ""
