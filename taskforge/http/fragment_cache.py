"""A cache of fragments that is bounded by the memory which they take, and shared by the threads of a process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

ENTRY_OVERHEAD = 500  # bytes of memory that an entry takes besides what it holds
# How long a change stays invisible that raises no version, such as a restored backup.
MAX_AGE_SECONDS = 600.0


class Sized(Protocol):
    """What a cache can hold: something that knows its size."""

    @property
    def size(self) -> int:
        """The memory that it takes, in bytes."""


Entry = TypeVar("Entry", bound=Sized)


class FragmentCache(Generic[Entry]):
    """Fragments, or what holds them, by the hash of everything that they show; the least recently used go first.

    Nothing is ever invalidated: what has changed is looked up under another key.
    """

    def __init__(self, max_bytes: int, max_entry_bytes: int) -> None:
        self._entries: OrderedDict[bytes, tuple[float, Entry]] = OrderedDict()
        self._lock = threading.Lock()
        self.max_bytes = max_bytes
        self.max_entry_bytes = max_entry_bytes
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> Entry | None:
        """The entry under a key, unless it is too old."""
        with self._lock:
            found = self._entries.get(key)
            if found is None or time.monotonic() - found[0] > MAX_AGE_SECONDS:
                return None
            self._entries.move_to_end(key)
            return found[1]

    def keep(self, key: bytes, entry: Entry) -> None:
        """Keep an entry, unless it is very large: a hostile filter makes such ones."""
        if entry.size > self.max_entry_bytes:
            return
        with self._lock:
            self._drop(key)
            self._entries[key] = (time.monotonic(), entry)
            self.bytes += entry.size + ENTRY_OVERHEAD
            while self.bytes > self.max_bytes:
                self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def _drop(self, key: bytes) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self.bytes -= found[1].size + ENTRY_OVERHEAD
