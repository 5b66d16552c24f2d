"""Which members of a team the @names in a text mean, and what to say about names that mean nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from taskforge.teams.queries import list_nameables
from taskforge.text.handles import Nameable
from taskforge.text.markdown import find_mentions
from taskforge.text.mentions import find_mentioned, note_of

MAX_NOTES = 3  # sentences in one answer


@dataclass(frozen=True)
class Mentions:
    """The members whom a text mentions, each once in their order, and sentences about names that mean no one person."""

    user_ids: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class TeamNames:
    """The members of a team, for texts that may mention them: read when first called; ``read`` is None until then."""

    def __init__(self, team_id: str) -> None:
        self._team_id = team_id
        self.read: tuple[Nameable, ...] | None = None

    def __call__(self) -> Sequence[Nameable]:
        """The members, from the second time on without a statement."""
        if self.read is None:
            self.read = tuple(list_nameables(self._team_id))
        return self.read


def resolve_mentions(team_id: str, text: str, people: Sequence[Nameable] | None = None) -> Mentions:
    """The members of a team whom a Markdown text mentions; `people` are all of its members, if they have been read."""
    names = find_mentions(text)
    if not names:
        return Mentions()
    members = list_nameables(team_id) if people is None else people
    user_ids: dict[str, None] = {}
    notes: dict[str, None] = {}
    for name in names:
        found, _ = find_mentioned(name, members)
        if len(found) == 1:
            user_ids.setdefault(found[0].user_id)
        elif note := note_of(name, found):
            notes.setdefault(note)
    return Mentions(list(user_ids), list(notes)[:MAX_NOTES])


def resolve_new_mentions(team_id: str, before: str, after: str) -> list[str]:
    """The members whom a changed text mentions and did not mention before."""
    if "@" not in after:
        return []
    people = list_nameables(team_id)
    earlier = set(resolve_mentions(team_id, before, people).user_ids)
    found = resolve_mentions(team_id, after, people).user_ids
    return [user_id for user_id in found if user_id not in earlier]
