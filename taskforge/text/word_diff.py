"""The difference between two texts, word by word, for people to read; bounded in time whatever the texts are.

The common beginning and end are cut off first, which only compares memory. The rest is compared line by line, and the
lines that differ word by word. Texts with too many differing lines or words are shown as replaced as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_CHARACTERS = 40_000  # of the part that differs; a longer one is shown as replaced
MAX_PARTS = 2000  # lines, or words of neighbouring lines, that are compared with each other
CONTEXT_CHARACTERS = 60  # of an unchanged stretch that stay on each side of a fold
MAX_SAME = 240  # characters of an unchanged stretch that is not folded
SAME, REMOVED, ADDED, FOLD = "same", "removed", "added", "fold"
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_FIRST_WORD, _LAST_WORD = re.compile(r"^\S+\s*(?=\S)"), re.compile(r"(?<=\S)\s+\S*$")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; ``kind`` is `SAME` (in both texts), `REMOVED`, `ADDED` or `FOLD` (left out, no ``text``)."""

    kind: str
    text: str


def diff_words(before: str, after: str, *, max_characters: int = MAX_CHARACTERS) -> list[Piece]:
    """The pieces of both texts in their order. Without the added ones they are `before`, without the removed `after`.

    A differing part of more than `max_characters` (of both texts together) is not compared but shown as replaced.
    """
    start = _common_start(before, after)
    end = _common_end(before, after, min(len(before), len(after)) - start)
    middle = before[start : len(before) - end], after[start : len(after) - end]
    pieces = [
        Piece(SAME, before[:start]),
        *_differing(*middle, max_characters),
        Piece(SAME, before[len(before) - end :]),
    ]
    return list(_joined(pieces))


def fold(pieces: Sequence[Piece], *, longest: int = MAX_SAME) -> list[Piece]:
    """The same pieces, but with a fold for the middle of every unchanged stretch of more than `longest` characters."""
    folded: list[Piece] = []
    for position, piece in enumerate(pieces):
        if piece.kind != SAME or len(piece.text) <= longest:
            folded.append(piece)
            continue
        head = _LAST_WORD.sub("", piece.text[:CONTEXT_CHARACTERS]) if position > 0 else ""
        last = position == len(pieces) - 1
        tail = "" if last else _FIRST_WORD.sub("", piece.text[-CONTEXT_CHARACTERS:])
        folded += [Piece(SAME, head), Piece(FOLD, ""), Piece(SAME, tail)]
    return [piece for piece in folded if piece.text or piece.kind == FOLD]


def shorten(pieces: Sequence[Piece], *, longest: int) -> tuple[list[Piece], bool]:
    """The first pieces, together at most `longest` characters of text; and whether these are all."""
    left = longest
    kept: list[Piece] = []
    for piece in pieces:
        if left <= 0:
            return kept, False
        kept.append(Piece(piece.kind, piece.text[:left]))
        left -= len(piece.text)
    return kept, left >= 0


def _differing(before: str, after: str, max_characters: int) -> Iterator[Piece]:
    if len(before) + len(after) > max_characters:
        yield from _replaced(before, after)
        return
    for same, old, new in _matched(_LINES.findall(before), _LINES.findall(after)):
        if same:
            yield Piece(SAME, old)
            continue
        for equal, one, other in _matched(_WORDS.findall(old), _WORDS.findall(new)):
            yield from [Piece(SAME, one)] if equal else _replaced(one, other)


def _matched(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """The stretches of two lists of parts, as (same in both, text before, text after)."""
    if max(len(before), len(after)) > MAX_PARTS:
        yield False, "".join(before), "".join(after)
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        yield tag == "equal", "".join(before[a:b]), "".join(after[c:d])


def _replaced(before: str, after: str) -> Iterator[Piece]:
    yield Piece(REMOVED, before)
    yield Piece(ADDED, after)


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join neighbouring pieces of a kind; blanks between two changes become part of both, so that they read as one."""
    removed = added = same = ""
    for piece in pieces:
        if piece.kind == SAME and (piece.text.strip() or not (removed or added)):
            yield from _flushed(same, removed, added)
            removed = added = ""
            same = piece.text
        elif piece.kind == SAME:
            removed, added = removed + piece.text, added + piece.text
        else:
            removed += piece.text if piece.kind == REMOVED else ""
            added += piece.text if piece.kind == ADDED else ""
    yield from _flushed(same, removed, added)


def _flushed(same: str, removed: str, added: str) -> Iterator[Piece]:
    blank = _shared_blank(removed, added)
    keep = len(blank)
    pieces = (
        Piece(SAME, same),
        Piece(REMOVED, removed[: len(removed) - keep]),
        Piece(ADDED, added[: len(added) - keep]),
        Piece(SAME, blank),
    )
    yield from (piece for piece in pieces if piece.text)


def _shared_blank(removed: str, added: str) -> str:
    """The blanks with which both end: `_joined` took them for blanks between two changes, but no change followed."""
    blank = removed[len(removed.rstrip()) :]
    return blank if blank and added.endswith(blank) else ""


def _common_start(before: str, after: str) -> int:
    """The length of the common beginning, cut back to whole words. A binary search: each step compares one slice."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    if low == len(before) == len(after):
        return low
    while low and _inside_word(before, low) | _inside_word(after, low):
        low -= 1
    return low


def _common_end(before: str, after: str, maximum: int) -> int:
    """The length of the common end, at most `maximum`, cut back to whole words."""
    low, high = 0, maximum
    while low < high:
        middle = (low + high + 1) // 2
        old, new = (
            before[len(before) - middle : len(before) - low],
            after[len(after) - middle : len(after) - low],
        )
        if old == new:
            low = middle
        else:
            high = middle - 1
    while low and _inside_word(before, len(before) - low) | _inside_word(after, len(after) - low):
        low -= 1
    return low


def _inside_word(text: str, position: int) -> bool:
    around = text[max(0, position - 1) : position + 1]
    return len(around) == 2 and position > 0 and around.replace("_", "a").isalnum()
