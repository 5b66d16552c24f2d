"""A team whose boards not everybody sees."""

from __future__ import annotations

from dataclasses import dataclass

from tests.factories import Team


@dataclass(frozen=True)
class Crew:
    """Ada's team with Bob, a member, and Gus, a guest; ``other_id`` is a second board, on which nobody has a card."""

    team: Team
    task_id: str
    other_id: str

    @property
    def team_id(self) -> str:
        """The id of the team."""
        return self.team.team_id

    @property
    def board_id(self) -> str:
        """The id of its first board, with the card “Secret plans”."""
        return self.team.board_id
