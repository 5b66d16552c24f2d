"""A cache of rendered texts by their hash, bounded by the memory that it takes. Safe for threads."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from markupsafe import Markup

MAX_CHARACTERS = 6_000_000  # of HTML, in each process
MAX_ENTRY_CHARACTERS = 300_000
ENTRY_OVERHEAD = 200  # characters' worth of memory that an entry takes besides its HTML


class HtmlCache:
    """Rendered texts, the least recently used of which goes first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, Markup] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    @property
    def characters(self) -> int:
        """The size of all entries."""
        return self._characters

    @staticmethod
    def key(text: str) -> bytes:
        """The hash of a text; texts with half of a surrogate pair have one too."""
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def get(self, key: bytes) -> Markup | None:
        """The HTML under a key."""
        with self._lock:
            html = self._entries.get(key)
            if html is not None:
                self._entries.move_to_end(key)
            return html

    def put(self, key: bytes, html: Markup) -> None:
        """Keep the HTML of a text, unless it is very long."""
        if len(html) > MAX_ENTRY_CHARACTERS:
            return
        with self._lock:
            previous = self._entries.pop(key, None)
            self._characters -= _size(previous) if previous is not None else 0
            self._entries[key] = html
            self._characters += _size(html)
            while self._characters > MAX_CHARACTERS:
                _, oldest = self._entries.popitem(last=False)
                self._characters -= _size(oldest)


def _size(html: Markup) -> int:
    return len(html) + ENTRY_OVERHEAD
