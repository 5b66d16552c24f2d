"""Fragments: HTML that is rendered and compressed once and sent in many answers, with gaps for what differs.

Two values of a form must be fresh in every answer: the session's CSRF token and the id of the operation. While
`render_fragment` runs, templates write placeholders in their place. `to_gzip` fills the gaps: a value becomes a stored
block between the compressed pieces, so that an answer is put together and not compressed again (0.1 ms instead of 0.5
to 1.5 ms for a board, docs/performance.md). Further gaps take whole fragments (`nest`), such as the columns of a board.

Only the compressed form is kept, a fifth of the HTML's memory. The checksum of a gzip file is put together too: that of
a whole follows from those of its parts (`Piece.check`).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

from flask import Flask
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from taskforge.http.htmx import render_partial

# Random, so that a title can't contain a placeholder.
_SECRET = secrets.token_hex(12)
CSRF, OPERATION, INNER = (f"~{name}-{_SECRET}~" for name in ("csrf", "op", "inner"))
_PLACEHOLDERS = re.compile(f"({CSRF}|{OPERATION}|{INNER})")
COMPRESSION_LEVEL = 3
MAX_STORED = 0xFFFF
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # RFC 1952: deflate, no name, no time
LAST_BLOCK = b"\x03\x00"
FILLER = b"\xff"  # never part of UTF-8 text
OPERATION_SIZE = 36
PIECE_OVERHEAD = 150  # bytes of memory that a piece takes besides its compressed HTML
_ZEROS = memoryview(bytes(0x10000))
_rendering: ContextVar[bool] = ContextVar("rendering_fragment", default=False)


class Piece(NamedTuple):
    """A part of a fragment: its HTML as deflate blocks that end at a byte's border, the HTML's size, and its checksum.

    ``check`` is the CRC of the HTML without that of as many zeros: what the piece adds to the CRC of a whole.
    """

    deflated: bytes
    size: int
    check: int


@dataclass(frozen=True)
class Fragment:
    """Rendered HTML: pieces, and for each gap between two of them its placeholder ("" for an empty gap).

    ``digest`` identifies the content, in every process alike. Deflate refers back by distance, also over gaps: the
    compressed pieces are right only where CSRF tokens have ``token_size`` characters (0: there is none).
    """

    pieces: tuple[Piece, ...]
    gaps: tuple[str, ...]
    token_size: int
    digest: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """The memory that its pieces take, in bytes."""
        return sum(len(piece.deflated) + PIECE_OVERHEAD for piece in self.pieces)


def init_fragments(app: Flask) -> None:
    """Give templates ``csrf_token()`` and ``new_op()``, which are placeholders while `render_fragment` runs."""
    makers = {"csrf_token": csrf_token, "new_op": new_operation}
    app.jinja_env.globals.update(makers)
    app.context_processor(lambda: dict(makers))  # after Flask-WTF's, which names the token too


def csrf_token() -> str:
    """The CSRF token of the present session, or its placeholder while `render_fragment` runs."""
    return CSRF if _rendering.get() else str(generate_csrf())


def new_operation() -> str:
    """The id of a new operation, or its placeholder while `render_fragment` runs."""
    return OPERATION if _rendering.get() else str(uuid4())


def render_fragment(template: str, **context: Any) -> Fragment:
    """Render a template for many answers. `context` must hold nothing that not all of their readers may see.

    The template sees `context` alone, as in `render_partial`.
    """
    return make_fragment(render_part(template, **context))


def render_part(template: str, **context: Any) -> str:
    """The HTML of a part of a fragment, with placeholders in its gaps. `context` is as for `render_fragment`."""
    token = _rendering.set(True)
    try:
        return render_partial(template, **context)
    finally:
        _rendering.reset(token)


def make_fragment(html: str) -> Fragment:
    """Compress the HTML of `render_part`, or of several behind each other: 1.1 ms for a board of 200 cards."""
    parts = _PLACEHOLDERS.split(html)
    pieces, gaps = [part.encode() for part in parts[::2]], tuple(parts[1::2])
    # Placeholders hold a secret of this process; the digest must be the same in all of them.
    digest = hashlib.blake2b(html.replace(_SECRET, "").encode(), digest_size=16).digest()
    token_size = len(str(generate_csrf()))
    return Fragment(tuple(_deflate(pieces, gaps, token_size)), gaps, token_size, digest)


def text_fragment(text: str) -> Fragment:
    """A short text that differs where all around it does not, such as a title; escaped, and not compressed."""
    html = escape(text).encode()
    pieces = tuple(
        _stored(html[at : at + MAX_STORED]) for at in range(0, max(1, len(html)), MAX_STORED)
    )
    digest = hashlib.blake2b(html, digest_size=16).digest()
    return Fragment(pieces, ("",) * (len(pieces) - 1), 0, digest)


def inner_placeholder() -> Markup:
    """What an outer template renders where `nest` puts an inner fragment."""
    return Markup(INNER)  # noqa: S704 - a constant of this module


def nest(outer: Fragment, *inner: Fragment) -> Fragment:
    """One fragment with others inside, each in place of an `inner_placeholder`, in their order.

    Raises:
        ValueError: `outer` was rendered with another number of placeholders, or for tokens of another size.
    """
    waiting = iter(inner)
    pieces: list[Piece] = [outer.pieces[0]]
    gaps: list[str] = []
    for gap, piece in zip(outer.gaps, outer.pieces[1:], strict=True):
        if gap == INNER:
            part = next(waiting, None)
            if part is None:
                raise ValueError("more placeholders than fragments")
            pieces += part.pieces
            gaps += ("", *part.gaps)
            gap = ""
        pieces.append(piece)
        gaps.append(gap)
    if next(waiting, None) is not None:
        raise ValueError("more fragments than placeholders")
    return _whole(pieces, gaps, (outer, *inner))


def to_html(fragment: Fragment) -> bytes:
    """The HTML with its gaps filled for the present session, in UTF-8. Slower than `to_gzip`."""
    html: list[bytes] = []
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece, placeholder in zip(fragment.pieces, (*fragment.gaps, ""), strict=True):
        html.append(stream.decompress(piece.deflated))
        if placeholder:
            stream.decompress(_stored(FILLER * _size_of(placeholder, fragment)).deflated)
            html.append(_fresh(placeholder))
    return b"".join(html)


def to_gzip(fragment: Fragment) -> bytes:
    """The HTML of `to_html` as a gzip file, put together from the compressed pieces."""
    token = str(generate_csrf())
    if len(token) != fragment.token_size != 0:
        return gzip.compress(to_html(fragment), compresslevel=1, mtime=0)
    csrf = _stored(token.encode())
    size, check = 0, 0
    parts = [GZIP_HEAD]
    for piece in _filled(fragment, csrf):
        parts.append(piece.deflated)
        size += piece.size
        check = _skip(piece.size, check) ^ piece.check
    return b"".join([*parts, LAST_BLOCK, struct.pack("<II", check, size & 0xFFFFFFFF)])


def _filled(fragment: Fragment, csrf: Piece) -> Iterator[Piece]:
    first, *rest = fragment.pieces
    yield first
    for placeholder, piece in zip(fragment.gaps, rest, strict=True):
        if placeholder:
            yield csrf if placeholder == CSRF else _stored(_fresh(placeholder))
        yield piece


def _fresh(placeholder: str) -> bytes:
    """The value of a gap in this answer."""
    return str(generate_csrf() if placeholder == CSRF else uuid4()).encode()


def _size_of(placeholder: str, fragment: Fragment) -> int:
    return fragment.token_size if placeholder == CSRF else OPERATION_SIZE


def _whole(pieces: Sequence[Piece], gaps: Sequence[str], parts: Sequence[Fragment]) -> Fragment:
    sizes = {part.token_size for part in parts if part.token_size} or {0}
    if len(sizes) > 1:
        raise ValueError("fragments for tokens of different sizes")
    digest = hashlib.blake2b(b"".join(part.digest for part in parts), digest_size=16).digest()
    return Fragment(tuple(pieces), tuple(gaps), sizes.pop(), digest)


def _stored(value: bytes) -> Piece:
    """A value as a block without compression (RFC 1951, section 3.2.4)."""
    size = len(value)
    block = struct.pack("<BHH", 0, size, size ^ MAX_STORED) + value
    return Piece(block, size, _check(value))


def _check(html: bytes) -> int:
    return zlib.crc32(html) ^ _skip(len(html), 0)


def _skip(size: int, check: int) -> int:
    """The CRC of a text with the CRC `check` and so many zeros behind it.

    The CRC of the text with other bytes behind it differs from this one by `Piece.check`, whatever the text is.
    """
    while size > len(_ZEROS):
        check = zlib.crc32(_ZEROS, check)
        size -= len(_ZEROS)
    return zlib.crc32(_ZEROS[:size], check)


def _deflate(pieces: Sequence[bytes], gaps: Sequence[str], token_size: int) -> Iterator[Piece]:
    """Compress the pieces as one stream, so that later ones may refer back to earlier ones.

    In place of a gap's value the stream has filler of the same length, which no text can refer to. An inner fragment
    may have any length, so that nothing may refer back over it: after it the stream begins anew (a full flush).
    """
    sizes = {CSRF: token_size, OPERATION: OPERATION_SIZE}
    stream = zlib.compressobj(COMPRESSION_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    for piece, placeholder in zip(pieces, (*gaps, ""), strict=True):
        deflated = stream.compress(piece)
        deflated += stream.flush(zlib.Z_FULL_FLUSH if placeholder == INNER else zlib.Z_SYNC_FLUSH)
        yield Piece(deflated, len(piece), _check(piece))
        if placeholder in sizes:
            stream.compress(FILLER * sizes[placeholder])
            stream.flush(zlib.Z_SYNC_FLUSH)
