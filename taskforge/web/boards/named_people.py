"""People in the filter of an address by their names: ``?assignee=grace``, and ``@grace`` among the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import flash, request, url_for

from taskforge.tasks.board.filters import FILTERED
from taskforge.teams.queries import list_nameables
from taskforge.text.handles import Nameable, find_named

PEOPLE, WORDS = "assignee", "q"


def address_with_people(board_id: str, team_id: str) -> str | None:
    """The address of the request with the ids of those whom it names; None where it names nobody.

    A name that means nobody, or several, is said on the next page and filters nothing; among the words it stays a word.
    """
    given = request.args.to_dict(flat=False)
    values, words = given.get(PEOPLE, []), " ".join(given.get(WORDS, [])).split()
    accepts = FILTERED[PEOPLE][1].accepts
    named = {value: value.removeprefix("@") for value in values if not accepts(value)}
    named |= {word: word[1:] for word in words if word.startswith("@") and len(word) > 1}
    if not named:
        return None
    meant = _find_people(named, list_nameables(team_id))
    if not meant:
        return None
    chosen = [meant.get(value, value) for value in values if value in meant or accepts(value)]
    chosen += [meant[word] for word in words if word in meant]
    left = " ".join(word for word in words if word not in meant)
    query = {**given, PEOPLE: list(dict.fromkeys(chosen)), WORDS: [left] if left else []}
    return f"{url_for('boards.show', board_id=board_id)}?{urlencode(query, doseq=True)}"


def _find_people(named: Mapping[str, str], people: Sequence[Nameable]) -> dict[str, str]:
    """The ids of those who are meant, by what was written; what means no one person is said."""
    meant = {}
    for written, name in named.items():
        found = find_named(name, people)
        if len(found) == 1:
            meant[written] = found[0].user_id
        elif found:
            who = " or ".join(one.display_name for one in found[:3])
            flash(f"@{name} could be {who}.", "info")
        else:
            flash(f"Nobody in this team goes by @{name}.", "info")
    return meant
