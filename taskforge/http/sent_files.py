"""Files in a multipart form: how a part becomes one, and how views read it.

Of all files of a form `FILE_IN_MEMORY_BYTES` are in memory, the others are on the disk. They are read in pieces, and
are gone with the request.
"""

from __future__ import annotations

import re
from tempfile import SpooledTemporaryFile

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.sansio.multipart import File

from taskforge.errors import Malformed, TooLarge
from taskforge.sent_file import SentFile

FILE_IN_MEMORY_BYTES = 256 * 1024
FILE_TOO_LARGE = "The file is too large. Please choose a smaller one."
_MB = 1024 * 1024
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def sent_content(field: str) -> bytes:
    """The content of a small file in a field of the current request, whole; empty without one."""
    sent = request.files.get(field)
    return b"" if sent is None else sent.stream.read()


def find_sent_file(field: str) -> SentFile | None:
    """The file in a field of the current request; None where no file was chosen.

    The view declares the field by `view_declarations.accept_files`.
    """
    sent = request.files.get(field)
    return None if sent is None else _as_sent(sent)


def list_sent_files(field: str) -> list[SentFile]:
    """All files in a field that the view declares by `view_declarations.accept_lists` too; none where it is empty."""
    found = (_as_sent(sent) for sent in request.files.getlist(field))
    return [file for file in found if file is not None]


def too_large(limit: int) -> TooLarge:
    """The refusal of a file that is longer than `limit` bytes."""
    if limit % _MB:
        return TooLarge(FILE_TOO_LARGE)
    return TooLarge(f"{FILE_TOO_LARGE[:-1]}: {limit // _MB} MB is the most.")


class IncomingFile:
    """A part of a form that is a file, of at most `limit` bytes, while it arrives.

    It goes to the disk when it has more than `in_memory` bytes; with none left, at its first.
    """

    def __init__(self, part: File, limit: int, in_memory: int) -> None:
        if _CONTROL.search(part.filename):
            raise Malformed("The name of a file holds control characters.")
        self._part, self._limit, self.size = part, limit, 0
        # A size of 0 would mean that it never goes to the disk.
        self._stream = SpooledTemporaryFile(max_size=max(1, in_memory))  # noqa: SIM115  `finish` hands it on

    def add(self, data: bytes) -> None:
        """Take the next piece.

        Raises:
            TooLarge: the file has more bytes than its limit.
        """
        self.size += len(data)
        if self.size > self._limit:
            self._stream.close()
            raise too_large(self._limit)
        self._stream.write(data)

    def finish(self) -> FileStorage:
        """The whole file, as the framework hands files out and closes them with the request."""
        self._stream.seek(0)
        # Browsers write a quotation mark in a name as %22, and nothing else so (WHATWG HTML, multipart/form-data).
        return FileStorage(
            self._stream,
            filename=self._part.filename.replace("%22", '"'),
            name=self._part.name,
            content_type=self._part.headers.get("content-type", ""),
        )


def _as_sent(sent: FileStorage) -> SentFile | None:
    size = sent.stream.seek(0, 2)
    sent.stream.seek(0)
    if not size and not sent.filename:
        return None
    return SentFile(sent.filename or "", sent.stream, size, sent.mimetype)
