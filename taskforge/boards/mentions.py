"""Which people of a board the @names in a text mean, and what to say about names that mean nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from taskforge.boards.people import list_nameables
from taskforge.text.handles import Nameable
from taskforge.text.markdown import find_mentions
from taskforge.text.mentions import find_mentioned, note_of

MAX_NOTES = 3  # sentences in one answer


@dataclass(frozen=True)
class Mentions:
    """The people whom a text mentions, each once in their order, and sentences about names that mean no one person."""

    user_ids: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class BoardNames:
    """Those who see a board, for texts that may mention them: read when first called; ``read`` is None until then."""

    def __init__(self, board_id: str) -> None:
        self._board_id = board_id
        self.read: tuple[Nameable, ...] | None = None

    def __call__(self) -> Sequence[Nameable]:
        """The people, from the second time on without a statement."""
        if self.read is None:
            self.read = tuple(list_nameables(self._board_id))
        return self.read


def resolve_mentions(
    board_id: str, text: str, people: Sequence[Nameable] | None = None
) -> Mentions:
    """Those who see a board whom a Markdown text mentions; `people` are all of them, if they have been read."""
    names = find_mentions(text)
    if not names:
        return Mentions()
    members = list_nameables(board_id) if people is None else people
    user_ids: dict[str, None] = {}
    notes: dict[str, None] = {}
    for name in names:
        found, _ = find_mentioned(name, members)
        if len(found) == 1:
            user_ids.setdefault(found[0].user_id)
        elif note := note_of(name, found):
            notes.setdefault(note)
    return Mentions(list(user_ids), list(notes)[:MAX_NOTES])


def resolve_new_mentions(board_id: str, before: str, after: str) -> list[str]:
    """Those who see a board whom a changed text mentions and did not mention before."""
    if "@" not in after:
        return []
    people = list_nameables(board_id)
    earlier = set(resolve_mentions(board_id, before, people).user_ids)
    found = resolve_mentions(board_id, after, people).user_ids
    return [user_id for user_id in found if user_id not in earlier]
