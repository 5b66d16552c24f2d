"""How a person is shown beside what they did: a name, initials, and a colour that never changes."""

from __future__ import annotations

from dataclasses import dataclass

from taskforge.text.initials import initials_of

HUES = 6
# Addresses that are made without a router: they are needed for each card and comment, and below the edge for scripts.
PAGE_ADDRESS = "/people/{user_id}"
PICTURE_ADDRESS = "/people/{user_id}/picture/{picture}"


@dataclass(frozen=True)
class Person:
    """A person as pages show them; initials and hue are for the avatar, over which lies the picture if they have one.

    ``picture`` is the name of the picture, which depends on nothing but its content.
    """

    user_id: str
    display_name: str
    email: str | None = None
    picture: str | None = None

    @property
    def page_address(self) -> str:
        """Where the page of the person is."""
        return PAGE_ADDRESS.format(user_id=self.user_id)

    @property
    def picture_address(self) -> str | None:
        """Where browsers find the picture in the size of an avatar; with "/large" behind it, in that of a page."""
        if self.picture is None:
            return None
        return PICTURE_ADDRESS.format(user_id=self.user_id, picture=self.picture)

    @property
    def for_scripts(self) -> dict[str, str | int]:
        """Name, initials, hue and, if there is one, the address of the picture, as scripts draw an avatar."""
        picture = {"picture": self.picture_address} if self.picture_address else {}
        return {"name": self.display_name, "initials": self.initials, "hue": self.hue, **picture}

    @property
    def initials(self) -> str:
        """One or two signs for the avatar: the capitals of the first and the last word, or its emoji."""
        return initials_of(self.display_name)

    @property
    def hue(self) -> int:
        """The number of the avatar's colour, 1 to `HUES`; it depends on the id only."""
        return int(self.user_id[-4:], 16) % HUES + 1


def person_of(
    user_id: str | None,
    display_name: str | None,
    email: str | None = None,
    *,
    picture: str | None = None,
) -> Person | None:
    """The person of a row's id, name and picture; None when the row has neither id nor name, as after an outer join."""
    if user_id is None or display_name is None:
        return None
    return Person(user_id, display_name, email, picture)
