"""The pictures of a board's people as one image: a first load asks once for all of them, and not once for each.

Effect: the first load of a board with five pictures takes 7 requests instead of 11 (docs/performance.md).

The image is an SVG with the small pictures below each other; a fragment of its address ("#2") shows one of them. Its
name depends on nothing but the pictures that are in it, so that a browser keeps it as it keeps a single one, and a new
picture of somebody has a new address. Pages that show few people, and scripts, name the pictures one by one. The
content policy forbids pages pictures from ``data:``; inside an image browsers take them, and this one holds what we
have encoded.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from taskforge.accounts.pictures import MEDIA_TYPE, SMALL
from taskforge.tasks.board.queries import MAX_PEOPLE, BoardView

ADDRESS = "/boards/{board_id}/pictures/{name}"
MAX_PICTURES = 24  # some 20 kB; where more people have one, each is loaded when it is seen
NAME_BYTES = 8


@dataclass(frozen=True)
class PictureSheet:
    """The names of the pictures that are in the image, by the id of their person, in its order."""

    board_id: str
    pictures: Mapping[str, str]

    @cached_property
    def name(self) -> str:
        """What the image is called in its address."""
        named = repr([*self.pictures.items()]).encode()
        return hashlib.blake2b(named, digest_size=NAME_BYTES).hexdigest()

    @cached_property
    def _places(self) -> dict[tuple[str, str | None], int]:
        return {named: place for place, named in enumerate(self.pictures.items())}

    def address_of(self, user_id: str | None, picture: str | None) -> str | None:
        """Where somebody's picture is in the image; None for one that is not in it."""
        place = None if user_id is None else self._places.get((user_id, picture))
        if place is None:
            return None
        return f"{ADDRESS.format(board_id=self.board_id, name=self.name)}#{place}"

    def draw(self, found: Mapping[str, bytes]) -> str:
        """The image, of the small pictures by their person's id. Where one is missing, the initials show through."""
        parts = "".join(
            _part(place, found[user_id])
            for place, user_id in enumerate(self.pictures)
            if user_id in found
        )
        # Without a fragment that it knows, it shows the empty room above all pictures.
        box = f'width="{SMALL}" height="{SMALL}" viewBox="0 -{SMALL} {SMALL} {SMALL}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{parts}</svg>'


def picture_sheet(view: BoardView) -> PictureSheet:
    """The sheet of a board's people; an empty one where too many of them have a picture, or not all are known."""
    pictures = {one["user_id"]: one["picture"] for one in view.people if one["picture"]}
    fits = len(pictures) <= MAX_PICTURES and len(view.people) < MAX_PEOPLE
    return PictureSheet(view.row["board_id"], dict(sorted(pictures.items())) if fits else {})


def _part(place: int, picture: bytes) -> str:
    top = place * SMALL
    data = b64encode(picture).decode()
    return (
        f'<view id="{place}" viewBox="0 {top} {SMALL} {SMALL}"/>'
        f'<image y="{top}" width="{SMALL}" height="{SMALL}" href="data:{MEDIA_TYPE};base64,{data}"/>'
    )
