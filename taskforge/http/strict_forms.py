"""Reads form and query fields strictly, as `taskforge.http.strict_json` reads JSON.

The framework's own readers replace bytes that are not UTF-8, or give up and return an empty form, so that a
filled-in field is reported as "required". Here such a body is ``Malformed``. Characters that nobody sees, which come
with what is pasted from other programs, are taken out of the values of a body (`taskforge.text.pasted`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import IO
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import FileStorage, Headers
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from taskforge.errors import Malformed, TooLarge
from taskforge.http.sent_files import FILE_IN_MEMORY_BYTES, IncomingFile
from taskforge.text.pasted import clean_pasted

MAX_FIELDS = 200
MAX_NAME_LENGTH = 100
UTF_8_NAMES = frozenset({"utf-8", "utf8"})

_CHUNK = 64 * 1024
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CONTROL_OR_BREAK = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_EXACT = re.compile("password")  # in the names of fields whose values are never changed
_PLAIN_TRANSFER = frozenset({"", "7bit", "8bit", "binary"})

Pair = tuple[str, str]
NO_FILES: Mapping[str, int] = MappingProxyType({})


def read_pairs(raw: bytes, *, line_breaks: bool) -> list[Pair]:
    """The fields of a query string or an urlencoded body, in order.

    ``line_breaks`` says whether values may hold them: yes in bodies, no in addresses.

    Raises:
        Malformed: not UTF-8, control characters in an address, or a name that is too long.
        TooLarge: more than `MAX_FIELDS` fields.
    """
    if not raw:
        return []
    if raw.count(b"&") >= MAX_FIELDS:
        raise TooLarge(f"At most {MAX_FIELDS} fields can be sent at once.")
    pairs = []
    for part in raw.split(b"&"):
        name, _, value = part.partition(b"=")
        pairs.append((_unquoted(name), _unquoted(value)))
    if line_breaks:
        pairs = _clean_values(pairs)
    _check_pairs(pairs, line_breaks=line_breaks)
    return pairs


def read_multipart(
    stream: IO[bytes], boundary: str, *, max_memory: int, files: Mapping[str, int] = NO_FILES
) -> tuple[list[Pair], list[FileStorage]]:
    """The fields of a multipart body and the files in it, in order; ``max_memory`` limits all fields, in bytes.

    ``files`` are the names under which files may be sent, each with the most bytes that one may have.

    Raises:
        Malformed: cut off, not multipart, not UTF-8, or with a file that is not among `files`.
        TooLarge: the fields together or a file are too long, or there are more than `MAX_FIELDS`.
    """
    try:
        decoder = MultipartDecoder(
            boundary.encode("ascii"), max_form_memory_size=max_memory, max_parts=MAX_FIELDS
        )
        pairs, sent = _collect(_events(decoder, stream), max_memory, files)
    except (ValueError, AssertionError, AttributeError) as error:
        # The decoder lets through whatever its parts raise on broken input.
        raise Malformed("The form was cut off or is not valid multipart data.") from error
    pairs = _clean_values(pairs)
    _check_pairs(pairs, line_breaks=True)
    return pairs, sent


def decode(raw: bytes) -> str:
    """The bytes as UTF-8 text.

    Raises:
        Malformed: they are not UTF-8; encoded surrogates and overlong forms are not.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("The request holds bytes that are not valid UTF-8.") from error


def _unquoted(raw: bytes) -> str:
    return decode(unquote_to_bytes(raw.replace(b"+", b" ")))


def _events(decoder: MultipartDecoder, stream: IO[bytes]) -> Iterator[Field | File | Data]:
    finished = False
    while not finished:
        chunk = stream.read(_CHUNK)
        finished = not chunk
        decoder.receive_data(chunk or None)
        event = decoder.next_event()
        while not isinstance(event, NeedData | Epilogue):
            if isinstance(event, Field | File | Data):
                yield event
            event = decoder.next_event()


def _collect(
    events: Iterator[Field | File | Data], max_memory: int, files: Mapping[str, int]
) -> tuple[list[Pair], list[FileStorage]]:
    pairs: list[Pair] = []
    sent: list[FileStorage] = []
    of_fields = of_files = 0  # bytes
    part: _IncomingField | IncomingFile | None = None
    for event in events:
        if not isinstance(event, Data):
            _check_part(event)
            if isinstance(event, Field):
                part = _IncomingField(event.name, max_memory - of_fields)
            elif event.name in files:
                part = IncomingFile(event, files[event.name], FILE_IN_MEMORY_BYTES - of_files)
            else:
                raise Malformed("This form does not take files.")
            continue
        if part is None:
            continue
        part.add(event.data)
        if event.more_data:
            continue
        if isinstance(part, _IncomingField):
            of_fields += part.size
            pairs.append(part.finish())
        else:
            of_files += part.size
            sent.append(part.finish())
    return pairs, sent


class _IncomingField:
    """A part of a form that is no file, of at most `limit` bytes, while it arrives."""

    def __init__(self, name: str, limit: int) -> None:
        self._name, self._limit = name, limit
        self._content = bytearray()

    @property
    def size(self) -> int:
        return len(self._content)

    def add(self, data: bytes) -> None:
        self._content += data
        if len(self._content) > self._limit:
            raise TooLarge

    def finish(self) -> Pair:
        return self._name, decode(bytes(self._content))


def _check_part(part: Field | File) -> None:
    if not isinstance(part.name, str):  # the decoder's type promises it, hostile input breaks it
        raise Malformed("A part of the form has no name.")
    headers: Headers = part.headers
    charset = parse_options_header(headers.get("content-type", ""))[1].get("charset", "utf-8")
    transfer = headers.get("content-transfer-encoding", "").strip().lower()
    if charset.strip().lower() not in UTF_8_NAMES or transfer not in _PLAIN_TRANSFER:
        raise Malformed("Send the parts of the form as plain UTF-8.")


def _clean_values(pairs: list[Pair]) -> list[Pair]:
    """The fields with readable values; a password is never changed, but refused below."""
    return [(name, value if _EXACT.search(name) else clean_pasted(value)) for name, value in pairs]


def _check_pairs(pairs: list[Pair], *, line_breaks: bool) -> None:
    if len(pairs) > MAX_FIELDS:
        raise TooLarge(f"At most {MAX_FIELDS} fields can be sent at once.")
    refused = _CONTROL if line_breaks else _CONTROL_OR_BREAK
    for name, value in pairs:
        if len(name) > MAX_NAME_LENGTH or not (name.isprintable() or not name):
            raise Malformed("A field has a name that cannot be right.")
        if not value.isprintable() and refused.search(value):
            raise Malformed(f"The field “{name}” holds invisible control characters: remove them.")
