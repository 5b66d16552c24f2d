"""Handles, by which quick-add names people: ``@grace``, ``@grace.hopper``, or the local part of the e-mail address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from taskforge.text.validation import fold

_JOINERS = re.compile(r"[._'’\-]")
_WRITABLE = re.compile(r"[^\s#@!,;:\"'“”\\()<>\[\]{}?]+(?<!\.)")


@dataclass(frozen=True)
class Nameable:
    """Somebody who can be named: by ``first`` name, by ``whole`` name without spaces, by the address's ``local`` part.

    The three are in the form of `plain_name`. ``handle`` is the shortest of them that means nobody else on the team, as
    it is written; "" when there is none.
    """

    user_id: str
    display_name: str
    first: str
    whole: str
    local: str
    handle: str = ""

    @property
    def names(self) -> tuple[str, str, str]:
        """The names by which the person can be found, in the form of `plain_name`."""
        return self.first, self.whole, self.local


def plain_name(name: str) -> str:
    """A name in the form in which names are compared: folded, without dots, hyphens, underscores and apostrophes."""
    return _JOINERS.sub("", fold(name))


def find_named(name: str, people: Iterable[Nameable]) -> list[Nameable]:
    """Those whom a name may mean: whoever alone has it as their whole name, else all who have it at all."""
    plain = plain_name(name)
    return _prefer_whole_name(plain, [one for one in people if plain in one.names])


def make_nameables(people: Iterable[tuple[str, str, str]]) -> list[Nameable]:
    """The members of a team with their handles, from (user id, display name, e-mail address) of all of them."""
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
        replace(one, handle=_shortest_handle(one, spelt, by_name))
        for one, spelt in zip(named, spellings, strict=True)
    ]


def _prefer_whole_name(name: str, found: list[Nameable]) -> list[Nameable]:
    whole = [one for one in found if one.whole == name]
    return whole if len(whole) == 1 else found


def _shortest_handle(
    one: Nameable, spellings: Sequence[str], by_name: Mapping[str, list[Nameable]]
) -> str:
    for spelt in spellings:
        name = plain_name(spelt)
        if _WRITABLE.fullmatch(spelt) and _prefer_whole_name(name, by_name.get(name, [])) == [one]:
            return spelt
    return ""
