"""Whom a name means: the one rule for quick-add, comments, descriptions and filters.

People go by their first name, their whole name, any other word of it, and their e-mail address or its local part, with
or without what follows a “+”; in any script, with or without accents, dots, hyphens and apostrophes.
`static/js/lib/names.js` does the same while one types.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from taskforge.text.normal_form import fold, fold_for_finding

_JOINERS = re.compile(r"[._'’\-]")
_WRITABLE = re.compile(r"[^\s#@!,;:\"“”\\()<>\[\]{}?]+(?<![.'’])")


@dataclass(frozen=True)
class Nameable:
    """Somebody who can be named: by ``first`` name, by ``whole`` name without spaces, by the address's ``local`` part.

    The three are in the form of `plain_name`. ``handle`` is the shortest of them that means nobody else on the team, as
    it is written; "" when there is none. ``others`` are names that count only where nobody goes by one of the three.
    """

    user_id: str
    display_name: str
    first: str
    whole: str
    local: str
    handle: str = ""
    email: str = ""
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, str, str]:
        """The names by which the person can be found, in the form of `plain_name`."""
        return self.first, self.whole, self.local

    def describe(self, *, with_address: bool = True) -> dict[str, object]:
        """What the scripts of a page need to find the person by; the local part of the address, or not."""
        return {
            "user_id": self.user_id,
            "display_name": self.display_name,
            "first": self.first,
            "whole": self.whole,
            "local": self.local if with_address else "",
            "handle": self.handle if with_address or not self.is_handle_of_address else "",
            "others": list(self.others if with_address else self.others[:-1]),
        }

    @property
    def is_handle_of_address(self) -> bool:
        """Whether the handle is a part of the e-mail address, and not of the name."""
        return plain_name(self.handle) not in (self.first, self.whole)

    @property
    def spellings(self) -> set[str]:
        """First and whole name with their accents."""
        words = fold(self.display_name).split()
        return {_JOINERS.sub("", name) for name in ("".join(words[:1]), "".join(words))}


def plain_name(name: str) -> str:
    """A name in the form in which names are compared: for finding, without dots, hyphens, underscores, apostrophes."""
    return _JOINERS.sub("", fold_for_finding(name))


def find_named(name: str, people: Iterable[Nameable]) -> list[Nameable]:
    """Those whom a name may mean: one person, several where it is ambiguous, or nobody.

    A whole e-mail address means whoever has it. Otherwise whoever alone has the name as their whole name goes before
    those who have it as first name or local part, these before those with it elsewhere in their name; among them, who
    spells it with the same accents.
    """
    everybody = list(people)
    if "@" in name:
        return [one for one in everybody if one.email and one.email == fold(name)]
    plain = plain_name(name)
    found = [one for one in everybody if plain in one.names]
    found = found or [one for one in everybody if plain in one.others]
    return _prefer_spelling(name, _prefer_whole_name(plain, found))


def make_nameables(people: Iterable[tuple[str, str, str]]) -> list[Nameable]:
    """The members of a team with their handles, from (user id, display name, e-mail address) of all of them."""
    named, spellings = [], []
    for user_id, display_name, email in people:
        words = display_name.split()
        address = fold(email)
        full_local = address.partition("@")[0]
        local = full_local.partition("+")[0]
        one = Nameable(
            user_id,
            display_name,
            first=plain_name(words[0]) if words else plain_name(display_name),
            whole=plain_name("".join(words)),
            local=plain_name(local),
            email=address,
            others=(
                *(plain_name(word) for word in words[1:]),
                plain_name("".join(reversed(words))),
                plain_name(full_local),
            ),
        )
        named.append(one)
        spellings.append([fold(spelt) for spelt in ("".join(words[:1]), ".".join(words), local)])
    by_name: dict[str, list[Nameable]] = defaultdict(list)
    for one in named:
        for name in set(one.names):
            by_name[name].append(one)
    meant: dict[str, list[Nameable]] = {}
    for name in {name for names in spellings for name in names}:
        found = _prefer_whole_name(plain_name(name), by_name.get(plain_name(name), []))
        meant[name] = _prefer_spelling(name, found)
    return [
        replace(one, handle=_shortest_handle(one, spelt, meant))
        for one, spelt in zip(named, spellings, strict=True)
    ]


def _prefer_whole_name(name: str, found: list[Nameable]) -> list[Nameable]:
    whole = [one for one in found if one.whole == name]
    return whole if len(whole) == 1 else found


def _prefer_spelling(name: str, found: list[Nameable]) -> list[Nameable]:
    if len(found) < 2:
        return found
    spelt = _JOINERS.sub("", fold(name))
    return [one for one in found if spelt in one.spellings] or found


def _shortest_handle(
    one: Nameable, spellings: Sequence[str], meant: Mapping[str, list[Nameable]]
) -> str:
    for spelt in spellings:
        if _WRITABLE.fullmatch(spelt) and meant[spelt] == [one]:
            return spelt
    return ""
