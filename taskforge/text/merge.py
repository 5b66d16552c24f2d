"""Merging two changes of one text, line by line, against the text from which both began.

A line is kept as it was where neither changed it, and taken from the one who changed it. Lines that both changed, each
in another way, stand against each other. Bounded in time: texts with too many differing lines are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_LINES = 2000  # of each text, without the beginning and the end that all three share
Lines = Sequence[str]


@dataclass(frozen=True)
class Merge:
    """Two changes of a text together; where they stand against each other, ``text`` has those of the first."""

    text: str
    is_clean: bool


def merge_texts(base: str, mine: str, theirs: str) -> Merge:
    """The text `base` with the changes of `mine` and of `theirs`."""
    if mine == theirs or theirs == base:
        return Merge(mine, is_clean=True)
    if mine == base:
        return Merge(theirs, is_clean=True)
    merged: list[str] = []
    is_clean = True
    for old, first, second in _regions(_lines(base), _lines(mine), _lines(theirs)):
        if second in (old, first):
            merged += first
        elif first == old:
            merged += second
        else:
            is_clean = False
            merged += first
    return Merge("\n".join(merged), is_clean)


def _lines(text: str) -> list[str]:
    """The lines of a text; of the empty text none, so that a first line is a new one."""
    return text.split("\n") if text else []


def _regions(base: Lines, mine: Lines, theirs: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """The three texts in pieces that belong together, alternating: what differs somewhere, and what is equal."""
    head = _common(base, mine, theirs)
    tail = _common(base[head:][::-1], mine[head:][::-1], theirs[head:][::-1])
    yield (base[:head],) * 3
    inner = [lines[head : len(lines) - tail] for lines in (base, mine, theirs)]
    yield from _inner_regions(*inner)
    yield (base[len(base) - tail :],) * 3


def _common(*texts: Lines) -> int:
    """How many lines at the beginning are the same in all of them."""
    same = 0
    for lines in zip(*texts, strict=False):
        if len(set(lines)) > 1:
            break
        same += 1
    return same


def _inner_regions(base: Lines, mine: Lines, theirs: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    if max(len(base), len(mine), len(theirs)) > MAX_LINES:
        yield base, mine, theirs
        return
    at_base = at_mine = at_theirs = 0
    for start, first, second, length in _shared(base, mine, theirs):
        yield base[at_base:start], mine[at_mine:first], theirs[at_theirs:second]
        at_base, at_mine, at_theirs = start + length, first + length, second + length
        yield (base[start:at_base],) * 3
    yield base[at_base:], mine[at_mine:], theirs[at_theirs:]


def _shared(base: Lines, mine: Lines, theirs: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Where lines of the base stand in both others: their place in each of the three, and how many they are."""
    first = SequenceMatcher(None, base, mine).get_matching_blocks()
    second = SequenceMatcher(None, base, theirs).get_matching_blocks()
    one = other = 0
    while one < len(first) and other < len(second):
        a, b = first[one], second[other]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield start, a.b + start - a.a, b.b + start - b.a, end - start
        if a.a + a.size < b.a + b.size:
            one += 1
        else:
            other += 1
