"""A cache of rendered texts by their hash, bounded by the memory that it takes."""

from __future__ import annotations

import hashlib

from markupsafe import Markup

from taskforge.bounded_cache import BoundedCache

MAX_CHARACTERS = 6_000_000  # of HTML, in each process
MAX_ENTRY_CHARACTERS = 300_000
ENTRY_OVERHEAD = 200  # characters' worth of memory that an entry takes besides its HTML


class HtmlCache(BoundedCache[Markup]):
    """Rendered texts; very long ones are not kept. Sizes are characters."""

    def __init__(self) -> None:
        super().__init__(MAX_CHARACTERS, MAX_ENTRY_CHARACTERS, size_of=len, overhead=ENTRY_OVERHEAD)

    @staticmethod
    def key(text: str) -> bytes:
        """The hash of a text; texts with half of a surrogate pair have one too."""
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
