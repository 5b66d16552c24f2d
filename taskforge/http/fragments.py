"""Fragments: HTML that is rendered and compressed once and sent in many answers, with gaps for what differs.

Two values of a form must be fresh in every answer: the session's CSRF token and the id of the operation. While
`render_fragment` runs, templates write placeholders in their place. `to_html` and `to_gzip` fill the gaps; in the
compressed form a value becomes a stored block between the compressed pieces, so that an answer is put together and
not compressed again (0.1 ms instead of 0.5 to 1.5 ms for a board, docs/performance.md).
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
_rendering: ContextVar[bool] = ContextVar("rendering_fragment", default=False)


class Piece(NamedTuple):
    """A part of a fragment as it is sent: its HTML, and the same as deflate blocks that end at a byte's border."""

    html: bytes
    deflated: bytes


@dataclass(frozen=True)
class Fragment:
    """Rendered HTML: pieces, and for each gap between two of them its placeholder ("" for an empty gap).

    ``digest`` identifies the content, in every process alike. Deflate refers back by distance, also over gaps: the
    compressed pieces are right only where CSRF tokens have ``token_size`` characters (0: they can't be used at all).
    """

    pieces: tuple[Piece, ...]
    gaps: tuple[str, ...]
    token_size: int
    digest: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """The memory that its pieces take, in bytes."""
        return sum(len(piece.html) + len(piece.deflated) for piece in self.pieces)


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
    """Render a template for many answers. `context` must hold nothing that not all of their readers may see."""
    token = _rendering.set(True)
    try:
        html = render_template(template, **context)
    finally:
        _rendering.reset(token)
    return _split(html)


def inner_placeholder() -> Markup:
    """What an outer template renders where `nest` puts the inner fragment."""
    return Markup(INNER)  # noqa: S704 - a constant of this module


def nest(outer: Fragment, inner: Fragment) -> Fragment:
    """One fragment inside another, in place of its `inner_placeholder`.

    Raises:
        ValueError: `outer` was rendered without the placeholder.
    """
    at = outer.gaps.index(INNER)
    return Fragment(
        (*outer.pieces[: at + 1], *inner.pieces, *outer.pieces[at + 1 :]),
        (*outer.gaps[:at], "", *inner.gaps, "", *outer.gaps[at + 1 :]),
        outer.token_size if outer.token_size == inner.token_size else 0,
        hashlib.blake2b(outer.digest + inner.digest, digest_size=16).digest(),
    )


def to_html(fragment: Fragment) -> bytes:
    """The HTML with its gaps filled for the present session, in UTF-8."""
    return b"".join(piece.html for piece in _filled(fragment))


def to_gzip(fragment: Fragment) -> bytes:
    """The HTML of `to_html` as a gzip file, put together from the compressed pieces."""
    if len(str(generate_csrf())) != fragment.token_size:
        return gzip.compress(to_html(fragment), compresslevel=1, mtime=0)
    size, check = 0, 0
    parts = [GZIP_HEAD]
    for piece in _filled(fragment):
        parts.append(piece.deflated)
        size += len(piece.html)
        check = zlib.crc32(piece.html, check)
    return b"".join([*parts, LAST_BLOCK, struct.pack("<II", check, size & 0xFFFFFFFF)])


def _filled(fragment: Fragment) -> Iterator[Piece]:
    token = str(generate_csrf())
    first, *rest = fragment.pieces
    yield first
    for placeholder, piece in zip(fragment.gaps, rest, strict=True):
        if placeholder:
            yield _stored((token if placeholder == CSRF else str(uuid4())).encode())
        yield piece


def _stored(value: bytes) -> Piece:
    """A value as a block without compression (RFC 1951, section 3.2.4)."""
    size = len(value)
    return Piece(value, struct.pack("<BHH", 0, size, size ^ MAX_STORED) + value)


def _split(html: str) -> Fragment:
    parts = _PLACEHOLDERS.split(html)
    pieces, gaps = [part.encode() for part in parts[::2]], tuple(parts[1::2])
    # Placeholders hold a secret of this process; the digest must be the same in all of them.
    digest = hashlib.blake2b(html.replace(_SECRET, "").encode(), digest_size=16).digest()
    token_size = len(str(generate_csrf()))
    return Fragment(tuple(_deflate(pieces, gaps, token_size)), gaps, token_size, digest)


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
        yield Piece(piece, deflated)
        if placeholder in sizes:
            stream.compress(FILLER * sizes[placeholder])
            stream.flush(zlib.Z_SYNC_FLUSH)
