"""What changed between two texts, word by word, for people to read; bounded in time whatever the texts are.

What both begin and end with is cut off first, which is a comparison of memory. The rest is compared line by line and
the lines that differ word by word, as long as few enough differ: longer ones are shown as replaced whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_CHARACTERS = 40_000  # of the part that differs; beyond it is not even cut into words
MOST_PARTS = 2000  # lines, or words of neighbouring lines, that are compared with each other
KEPT_AROUND = 60  # characters of an unchanged stretch that stay on each side of a fold
LONGEST_SAME = 240
SAME, REMOVED, ADDED, FOLD = "same", "removed", "added", "fold"
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_FIRST_WORD, _LAST_WORD = re.compile(r"^\S+\s*(?=\S)"), re.compile(r"(?<=\S)\s+\S*$")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is the "same" in both, "removed" or "added"; of a "fold" the text is left out."""

    kind: str
    text: str


def diff_words(before: str, after: str, *, most: int = MOST_CHARACTERS) -> list[Piece]:
    """The pieces of both texts in their order; without those that were added it is `before`, and the other way round.

    `most` is how many characters may be looked at word by word.
    """
    start = _common_start(before, after)
    end = _common_end(before, after, min(len(before), len(after)) - start)
    middle = before[start : len(before) - end], after[start : len(after) - end]
    pieces = [
        Piece(SAME, before[:start]),
        *_differing(*middle, most),
        Piece(SAME, before[len(before) - end :]),
    ]
    return list(_joined(pieces))


def fold(pieces: Sequence[Piece], *, longest: int = LONGEST_SAME) -> list[Piece]:
    """The same pieces, with a fold in place of the middle of every long stretch that is the same."""
    folded: list[Piece] = []
    for position, piece in enumerate(pieces):
        if piece.kind != SAME or len(piece.text) <= longest:
            folded.append(piece)
            continue
        head = _LAST_WORD.sub("", piece.text[:KEPT_AROUND]) if position > 0 else ""
        last = position == len(pieces) - 1
        tail = "" if last else _FIRST_WORD.sub("", piece.text[-KEPT_AROUND:])
        folded += [Piece(SAME, head), Piece(FOLD, ""), Piece(SAME, tail)]
    return [piece for piece in folded if piece.text or piece.kind == FOLD]


def shorten(pieces: Sequence[Piece], *, longest: int) -> tuple[list[Piece], bool]:
    """The first pieces, `longest` characters of text together; and whether that was all."""
    left = longest
    kept: list[Piece] = []
    for piece in pieces:
        if left <= 0:
            return kept, False
        kept.append(Piece(piece.kind, piece.text[:left]))
        left -= len(piece.text)
    return kept, left >= 0


def _differing(before: str, after: str, most: int) -> Iterator[Piece]:
    if len(before) + len(after) > most:
        yield from _replaced(before, after)
        return
    for same, old, new in _matched(_LINES.findall(before), _LINES.findall(after)):
        if same:
            yield Piece(SAME, old)
            continue
        for equal, one, other in _matched(_WORDS.findall(old), _WORDS.findall(new)):
            yield from [Piece(SAME, one)] if equal else _replaced(one, other)


def _matched(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """Stretches of two lists of parts as texts, and whether they are the same."""
    if max(len(before), len(after)) > MOST_PARTS:
        yield False, "".join(before), "".join(after)
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        yield tag == "equal", "".join(before[a:b]), "".join(after[c:d])


def _replaced(before: str, after: str) -> Iterator[Piece]:
    yield Piece(REMOVED, before)
    yield Piece(ADDED, after)


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Without empty pieces; a blank between two changes belongs to both, so that they read as one."""
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
    """The blank that both end with: it was taken in between two changes, and nothing came after it."""
    blank = removed[len(removed.rstrip()) :]
    return blank if blank and added.endswith(blank) else ""


def _common_start(before: str, after: str) -> int:
    """How many characters both begin with, up to the last whole word of these."""
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


def _common_end(before: str, after: str, most: int) -> int:
    """How many characters both end with, at most `most`, from the first whole word of these on."""
    low, high = 0, most
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
