"""How a person is shown beside what they did: a name, initials, and a colour that never changes."""

from __future__ import annotations

from dataclasses import dataclass

from taskforge.text.initials import initials_of

HUES = 6


@dataclass(frozen=True)
class Person:
    """A person as pages show them; initials and hue are for the avatar."""

    user_id: str
    display_name: str
    email: str | None = None

    @property
    def initials(self) -> str:
        """One or two signs for the avatar: the capitals of the first and the last word, or its emoji."""
        return initials_of(self.display_name)

    @property
    def hue(self) -> int:
        """The number of the avatar's colour, 1 to `HUES`; it depends on the id only."""
        return int(self.user_id[-4:], 16) % HUES + 1


def person_of(
    user_id: str | None, display_name: str | None, email: str | None = None
) -> Person | None:
    """The person of a row's id and name; None when the row has neither, as after an outer join."""
    if user_id is None or display_name is None:
        return None
    return Person(user_id, display_name, email)
