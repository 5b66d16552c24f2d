"""ZIP archives that are written a file at a time, and by several processes one after the other.

A file of an archive is a *record*: a header, the name and the packed content, complete by itself. An archive is its
records and then a directory of them, which is made when it is read. So a process that dies leaves whole records only,
and the next one goes on behind them. The standard library's writer keeps the directory in memory until it is closed.

The format is that of PKWARE's APPNOTE.TXT without ZIP64: sections 4.3.7 (header), 4.3.12 (directory), 4.3.16 (its end).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

MAX_RECORDS = 60_000  # ZIP without ZIP64 counts to 65,535
MAX_BYTES = 4_000_000_000  # and addresses four gigabytes

_VERSION, _FLAGS, _DEFLATED = 20, 0, 8
_HEADER = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_EARLIEST_YEAR = 1980


class Entry(NamedTuple):
    """What the directory says of a record: the name of the file, its sizes and its CRC-32, and where it begins."""

    name: str
    packed_size: int
    full_size: int
    checksum: int
    offset: int


class Packed(NamedTuple):
    """A record, with what the directory will say of it."""

    record: bytes
    packed_size: int
    full_size: int
    checksum: int


def pack(name: str, content: bytes, at: datetime) -> Packed:
    """The record of a file; its name has ASCII characters only."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    checksum, encoded = zlib.crc32(content), name.encode("ascii")
    sizes = (checksum, len(packed), len(content))
    header = _HEADER.pack(
        b"PK\x03\x04", _VERSION, _FLAGS, _DEFLATED, *_dos_time(at), *sizes, len(encoded), 0
    )
    return Packed(header + encoded + packed, len(packed), len(content), checksum)


def directory(entries: Iterable[Entry], at: datetime, *, begins_at: int) -> Iterator[bytes]:
    """The end of an archive whose records, from the first on, are `begins_at` bytes; `at` as of its records."""
    count = size = 0
    for entry in entries:
        encoded = entry.name.encode("ascii")
        numbers = (entry.checksum, entry.packed_size, entry.full_size, len(encoded))
        piece = (
            _ENTRY.pack(
                b"PK\x01\x02", _VERSION, _VERSION, _FLAGS, _DEFLATED, *_dos_time(at), *numbers,
                0, 0, 0, 0, 0, entry.offset,
            )
            + encoded
        )  # fmt: skip
        count, size = count + 1, size + len(piece)
        yield piece
    yield _END.pack(b"PK\x05\x06", 0, 0, count, count, size, begins_at, 0)


def directory_size(names_length: int, count: int) -> int:
    """How many bytes `directory` gives for so many entries, whose names are so long together."""
    return _ENTRY.size * count + names_length + _END.size


def _dos_time(at: datetime) -> tuple[int, int]:
    """Time and day of an instant as MS-DOS counted them."""
    year = max(at.year - _EARLIEST_YEAR, 0)
    return at.hour << 11 | at.minute << 5 | at.second // 2, year << 9 | at.month << 5 | at.day
