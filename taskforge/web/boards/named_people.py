"""People in the filter of an address by their names: ``?assignee=grace``, and ``@grace`` among the words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import flash, request, url_for

from taskforge.boards.access import access_board
from taskforge.boards.people import list_nameables
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import FILTERED, CardFilter
from taskforge.tasks.query.nodes import OR
from taskforge.text.handles import Nameable, find_named
from taskforge.web.boards.parameters import read_as_reader

PEOPLE, WORDS = "assignee", "q"
_SIGNS = re.compile(r"[()\"“”:]|(?:^|\s)-")
Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class NamedFilter:
    """The parameters of an address with the ids of those whom it names, and what to say of the other names.

    A name that means nobody, or several, filters nothing; among the words it stays a word.
    """

    query: Query
    notes: Sequence[str] = ()
    is_changed: bool = False

    def read(self) -> CardFilter:
        """The filter of the parameters."""
        return read_as_reader(self.query)


def address_with_people(board_id: str) -> str | None:
    """The address of a board's page with the ids of those whom the request names; None where it names nobody.

    What means no one person is said on the next page.
    """
    named = _find_people(request.args.to_dict(flat=False), board_id)
    for note in named.notes:
        flash(note, "info")
    if not named.is_changed:
        return None
    return f"{url_for('boards.show', board_id=board_id)}?{urlencode(named.query, doseq=True)}"


def filter_with_people(board_id: str) -> NamedFilter:
    """The filter of a request for a part of a board, which is not redirected: it may be typed this moment.

    One statement more asks whether they see the board, only where a name is in the address.

    Raises:
        NotFound: like `access_board`, where there is a name.
    """
    given = request.args.to_dict(flat=False)
    if not _list_names(given):
        return NamedFilter(given)
    access_board(current_actor().user_id, board_id)
    return _find_people(given, board_id)


def _list_names(given: Query) -> dict[str, str]:
    """The names in an address, by what is written there."""
    accepts = FILTERED[PEOPLE][1].accepts
    named = {
        value: value.removeprefix("@") for value in given.get(PEOPLE, []) if not accepts(value)
    }
    words = _plain_words(given)
    return named | {word: word[1:] for word in words if word.startswith("@") and len(word) > 1}


def _plain_words(given: Query) -> list[str]:
    """The words of a query that is nothing but words; of any other one none: there “@name” is a term."""
    text = " ".join(given.get(WORDS, []))
    words = text.split()
    is_plain = not _SIGNS.search(text) and not any(word.lower() == OR for word in words)
    return words if is_plain else []


def _find_people(given: Query, board_id: str) -> NamedFilter:
    names = _list_names(given)
    if not names:
        return NamedFilter(given)
    meant, notes = _find_meant(names, list_nameables(board_id))
    if not meant:
        return NamedFilter(given, notes)
    accepts = FILTERED[PEOPLE][1].accepts
    values, words = given.get(PEOPLE, []), _plain_words(given)
    chosen = [meant.get(value, value) for value in values if value in meant or accepts(value)]
    chosen += [meant[word] for word in words if word in meant]
    left = (
        [" ".join(word for word in words if word not in meant)] if words else given.get(WORDS, [])
    )
    query = {**given, PEOPLE: list(dict.fromkeys(chosen)), WORDS: [one for one in left if one]}
    return NamedFilter(query, notes, is_changed=True)


def _find_meant(
    names: Mapping[str, str], people: Sequence[Nameable]
) -> tuple[dict[str, str], list[str]]:
    """The ids of those who are meant, by what was written; and a sentence for each name that means no one person."""
    meant, notes = {}, []
    for written, name in names.items():
        found = find_named(name, people)
        if len(found) == 1:
            meant[written] = found[0].user_id
        elif found:
            who = " or ".join(one.display_name for one in found[:3])
            notes.append(f"@{name} could be {who}.")
        else:
            notes.append(f"Nobody in this team goes by @{name}.")
    return meant, notes
