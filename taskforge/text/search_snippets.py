"""What a search result shows of a text: the part around the first word that was found, and where the words stand in it.

Offsets count characters (Unicode code points) of the snippet, not of its folded form: accents, ligatures and signs that
the comparison leaves out are inside the marks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taskforge.text.search_words import (
    SearchQuery,
    Token,
    Word,
    normalise,
    tokenise,
)

LENGTH = 200
BEFORE = 60  # characters that a snippet shows before the first word
STRETCH = 2_000  # characters that are looked through at once
MAX_MARKS = 30
HALF_WIDTH_MARKS = "ﾞﾟ"  # of voiced sounds, behind letters of half width

Mark = tuple[int, int]


class Snippet(NamedTuple):
    """A piece of a text in one line, and the beginnings and ends of the words that were found in it."""

    text: str
    marks: Sequence[Mark]


def snippet_of(text: str, query: SearchQuery, *, length: int = LENGTH) -> Snippet:
    """At most `length` characters of a plain text around the first word that was found, else its beginning."""
    for start in range(0, len(text), STRETCH):
        # Words that begin in this stretch end in the next one.
        stretch = text[start : start + STRETCH + LENGTH]
        if _may_hold(stretch, query) and (marks := marks_of(stretch, query)):
            return _cut(text, start + marks[0][0], query, length)
    return _cut(text, 0, query, length)


def marks_of(text: str, query: SearchQuery) -> list[Mark]:
    """Where the words of a query stand in a text, in order, without overlaps; at most 30."""
    folded, origins = _fold(text)
    by_position: dict[int, list[Token]] = {}
    for token in tokenise(folded, joined=True):
        by_position.setdefault(token.position, []).append(token)
    found = sorted({mark for word in query.words for mark in _places(word, by_position)})
    marks: list[Mark] = []
    for first, last in found:
        start, end = origins[first][0], origins[last - 1][1]
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return marks[:MAX_MARKS]


def parts_of(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked: what a template shows."""
    end = 0
    for start, stop in marks:
        if start > end:
            yield text[end:start], False
        yield text[start:stop], True
        end = stop
    if end < len(text):
        yield text[end:], False


def _may_hold(text: str, query: SearchQuery) -> bool:
    folded = normalise(text)
    return any(
        word.parts[0][0] in folded or (word.joined and word.joined in folded)
        for word in query.words
    )


def _places(word: Word, by_position: dict[int, list[Token]]) -> Iterator[Mark]:
    first, last = word.parts[0][0], len(word.parts) - 1
    for position, tokens in by_position.items():
        for token in tokens:
            if word.joined and _fits(token.lexeme, word.joined, word.is_prefix):
                yield token.start, token.end
            if not _fits(token.lexeme, first, word.is_prefix and last == 0):
                continue
            if last == 0:
                is_in_pieces = token.end - token.start != len(token.lexeme)
                yield token.start, token.end if is_in_pieces else token.start + len(first)
                continue
            end = _end_of_phrase(word, position, by_position)
            if end is not None:
                yield token.start, end


def _end_of_phrase(word: Word, start: int, by_position: dict[int, list[Token]]) -> int | None:
    end, last = None, len(word.parts) - 1
    for number, (lexeme, distance) in enumerate(word.parts[1:], 1):
        is_prefix = word.is_prefix and number == last
        fitting = [
            token
            for token in by_position.get(start + distance, ())
            if _fits(token.lexeme, lexeme, is_prefix)
        ]
        if not fitting:
            return None
        end = fitting[0].start + len(lexeme)
    return end


def _fits(lexeme: str, wanted: str, is_prefix: bool) -> bool:
    return lexeme.startswith(wanted) if is_prefix else lexeme == wanted


def _fold(text: str) -> tuple[str, Sequence[Mark]]:
    """A text in the form in which texts are compared, and from where each of its characters comes.

    A character and its accents are folded together.
    """
    if text.isascii():
        return text.lower(), [(number, number + 1) for number in range(len(text))]
    pieces, origins, start = [], [], 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _belongs_to_the_one_before(text[end]):
            end += 1
        folded = normalise(text[start:end])
        pieces.append(folded)
        origins += [(start, end)] * len(folded)
        start = end
    return "".join(pieces), origins


def _belongs_to_the_one_before(character: str) -> bool:
    return unicodedata.combining(character) > 0 or character in HALF_WIDTH_MARKS


def _cut(text: str, at: int, query: SearchQuery, length: int) -> Snippet:
    start = 0 if len(text) <= length or at <= BEFORE else at - BEFORE
    if start:
        space = text.find(" ", start, at)
        start = start if space < 0 else space + 1
    piece = text[start : start + length]
    if start + length < len(text):
        piece = piece.rsplit(" ", 1)[0] if " " in piece[length // 2 :] else piece
        piece += "…"
    shown = " ".join(f"{'…' if start else ''}{piece}".split())
    return Snippet(shown, marks_of(shown, query))
