"""A cache that is bounded by the memory which its entries take, and shared by the threads of a process."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

FRAGMENT_OVERHEAD = 500  # bytes of memory that an entry takes besides what it holds
MAX_FRAGMENT_AGE_SECONDS = 600.0


class Sized(Protocol):
    """An entry that knows its size."""

    @property
    def size(self) -> int:
        """The memory that it takes, in bytes."""


Entry = TypeVar("Entry")
SizedEntry = TypeVar("SizedEntry", bound=Sized)


class BoundedCache(Generic[Entry]):
    """Entries by the hash of everything that they depend on; the least recently used go first.

    Nothing is ever invalidated: what has changed is looked up under another key. `size_of` tells the size of an entry,
    in the unit of `max_size` and `max_entry_size`; `overhead` is what an entry takes besides. An entry that is older
    than `max_age_seconds` is not found any more.
    """

    def __init__(
        self,
        max_size: int,
        max_entry_size: int,
        *,
        size_of: Callable[[Entry], int],
        overhead: int,
        max_age_seconds: float = math.inf,
    ) -> None:
        self._entries: OrderedDict[bytes, tuple[float, Entry]] = OrderedDict()
        self._lock = threading.Lock()
        self._size_of, self._overhead = size_of, overhead
        self._max_age_seconds = max_age_seconds
        self.max_size = max_size
        self.max_entry_size = max_entry_size
        self.size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> Entry | None:
        """The entry under a key, unless it is too old."""
        with self._lock:
            found = self._entries.get(key)
            if found is None or time.monotonic() - found[0] > self._max_age_seconds:
                return None
            self._entries.move_to_end(key)
            return found[1]

    def keep(self, key: bytes, entry: Entry) -> None:
        """Keep an entry, unless it is very large: hostile requests make such ones."""
        if self._size_of(entry) > self.max_entry_size:
            return
        with self._lock:
            self._drop(key)
            self._entries[key] = (time.monotonic(), entry)
            self.size += self._size_of(entry) + self._overhead
            while self.size > self.max_size:
                self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()
            self.size = 0

    def _drop(self, key: bytes) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self.size -= self._size_of(found[1]) + self._overhead


class FragmentCache(BoundedCache[SizedEntry]):
    """A cache of what was rendered from versions of rows. Sizes are bytes.

    Its entries grow old, as a change that raises no version, such as a restored backup, must not stay invisible.
    """

    def __init__(self, max_bytes: int, max_entry_bytes: int) -> None:
        super().__init__(
            max_bytes,
            max_entry_bytes,
            size_of=lambda entry: entry.size,
            overhead=FRAGMENT_OVERHEAD,
            max_age_seconds=MAX_FRAGMENT_AGE_SECONDS,
        )
