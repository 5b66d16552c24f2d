"""HTML that is drawn once and sent to many, with gaps for what is each sender's own.

Forms carry two values that must be fresh in every answer: the session's CSRF token and the id of the operation. While
`draw` runs, templates put marks in their place; `page_of` fills them, and compresses only what it filled in.
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

from flask import Flask, render_template
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

# Nobody can know it, so that nobody can write a mark into a title.
_SECRET = secrets.token_hex(12)
CSRF, OPERATION, INNER = (f"~{name}-{_SECRET}~" for name in ("csrf", "op", "inner"))
_MARKS = re.compile(f"({CSRF}|{OPERATION}|{INNER})")
LEVEL = 3
LONGEST_STORED = 0xFFFF
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # RFC 1952: deflate, no name, no time
LAST_BLOCK = b"\x03\x00"
NO_TEXT = b"\xff"  # in no UTF-8
OPERATION_SIZE = 36
_drawing: ContextVar[bool] = ContextVar("drawing", default=False)


class Piece(NamedTuple):
    """A part of a page as it is sent, plain and as deflate blocks that end at the border of a byte."""

    plain: bytes
    packed: bytes


@dataclass(frozen=True)
class Shared:
    """Drawn HTML: pieces, and between them the marks of what is missing ("" for nothing). ``digest`` names the content.

    The blocks of a piece may refer back over a gap, which is right if tokens have ``token_size`` characters.
    """

    pieces: tuple[Piece, ...]
    gaps: tuple[str, ...]
    token_size: int
    digest: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes of memory its pieces take."""
        return sum(len(piece.plain) + len(piece.packed) for piece in self.pieces)


def init_shared_html(app: Flask) -> None:
    """Give templates ``csrf_token()`` and ``new_op()``, which `draw` can turn into marks."""
    makers = {"csrf_token": csrf_token, "new_op": new_operation}
    app.jinja_env.globals.update(makers)
    app.context_processor(lambda: dict(makers))  # after Flask-WTF's, which names the token too


def csrf_token() -> str:
    """The token of the present session, or its mark while `draw` runs."""
    return CSRF if _drawing.get() else str(generate_csrf())


def new_operation() -> str:
    """The id of a new operation, or its mark while `draw` runs."""
    return OPERATION if _drawing.get() else str(uuid4())


def draw(template: str, **context: Any) -> Shared:
    """Draw a template for many. What it is given must hold nothing that not all of them may see."""
    token = _drawing.set(True)
    try:
        html = render_template(template, **context)
    finally:
        _drawing.reset(token)
    return _split(html)


def inner_mark() -> Markup:
    """What a page is drawn with where `page_of` puts its inner part."""
    return Markup(INNER)  # noqa: S704 - our own mark


def join(outer: Shared, inner: Shared) -> Shared:
    """One drawing inside another, in place of its `inner_mark`."""
    at = outer.gaps.index(INNER)
    return Shared(
        (*outer.pieces[: at + 1], *inner.pieces, *outer.pieces[at + 1 :]),
        (*outer.gaps[:at], "", *inner.gaps, "", *outer.gaps[at + 1 :]),
        outer.token_size if outer.token_size == inner.token_size else 0,
        hashlib.blake2b(outer.digest + inner.digest, digest_size=16).digest(),
    )


def plain(shared: Shared) -> bytes:
    """The filled HTML."""
    return b"".join(piece.plain for piece in _filled(shared))


def gzipped(shared: Shared) -> bytes:
    """The filled HTML as a gzip file; only what was filled in is new, and that is stored as it is."""
    if len(str(generate_csrf())) != shared.token_size:
        return gzip.compress(plain(shared), compresslevel=1, mtime=0)
    size, check = 0, 0
    parts = [GZIP_HEAD]
    for piece in _filled(shared):
        parts.append(piece.packed)
        size += len(piece.plain)
        check = zlib.crc32(piece.plain, check)
    return b"".join([*parts, LAST_BLOCK, struct.pack("<II", check, size & 0xFFFFFFFF)])


def _filled(shared: Shared) -> Iterator[Piece]:
    token = str(generate_csrf())
    first, *rest = shared.pieces
    yield first
    for mark, piece in zip(shared.gaps, rest, strict=True):
        if mark:
            yield _stored((token if mark == CSRF else str(uuid4())).encode())
        yield piece


def _stored(filling: bytes) -> Piece:
    """A block of RFC 1951 without compression: a few bytes are not worth more."""
    size = len(filling)
    return Piece(filling, struct.pack("<BHH", 0, size, size ^ LONGEST_STORED) + filling)


def _split(html: str) -> Shared:
    parts = _MARKS.split(html)
    pieces, gaps = [part.encode() for part in parts[::2]], tuple(parts[1::2])
    content = hashlib.blake2b(_neutral(html).encode(), digest_size=16).digest()
    token_size = len(str(generate_csrf()))
    return Shared(tuple(_pack(pieces, gaps, token_size)), gaps, token_size, content)


def _pack(pieces: Sequence[bytes], gaps: Sequence[str], token_size: int) -> Iterator[Piece]:
    """Compress pieces with what goes before them in view, as whoever reads them will have it.

    In a gap stands something that no later text can refer to, of the same length. After another drawing, which may
    have any length, it begins anew.
    """
    sizes = {CSRF: token_size, OPERATION: OPERATION_SIZE}
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    for piece, mark in zip(pieces, (*gaps, ""), strict=True):
        packed = packer.compress(piece)
        packed += packer.flush(zlib.Z_FULL_FLUSH if mark == INNER else zlib.Z_SYNC_FLUSH)
        yield Piece(piece, packed)
        if mark in sizes:
            packer.compress(NO_TEXT * sizes[mark])
            packer.flush(zlib.Z_SYNC_FLUSH)


def _neutral(html: str) -> str:
    """The HTML as every process names it: marks are secrets of one."""
    return html.replace(_SECRET, "")
