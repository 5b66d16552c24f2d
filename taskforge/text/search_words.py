"""The words of texts and of what is searched for, in whatever language, as PostgreSQL's full-text search has them.

Texts are compared in the form for finding (`taskforge.text.normal_form`): without case, accents and typographic marks.
A word is a run of letters and digits; what joins words (``_ . - @ /``) parts them. So ``config_max.size`` is three
words that follow each other, found by each of them, by two that touch, and whole. Scripts without spaces between words
(Chinese, Japanese, Thai …) are indexed by pairs of neighbouring characters. PostgreSQL is given finished vectors and
queries: it needs no dictionary, no extension and no locale.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from taskforge.text.normal_form import fold_for_finding

# Raised when the same texts make other vectors: every entry is made again then (`taskforge.search.rebuilding`).
FORM = 1
MAX_TEXT = 100_000  # characters of one text that are indexed
MAX_VECTOR_BYTES = (
    400_000  # of all lexemes of a vector: a second of PostgreSQL's time; more than 1 MB it refuses
)
MAX_LEXEME = 64  # characters of a word that are compared
MAX_WORDS = 10  # of a query
LAST_POSITION = (
    16_383  # what is behind it has no place for PostgreSQL: found word by word, not as a phrase
)
POSITIONS_PER_LEXEME = 255
GAP = 10  # positions between two texts, so that no phrase spans them
MAX_JOINED = 4  # parts of a word with apostrophes or hyphens that is also indexed in one piece

# Scripts that put no space between words.
_UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
# Vowel signs of Indian scripts are part of their words, though Python counts them as no letters.
_INDIAN = "\u0900-\u0963\u0966-\u0dff"
_SYMBOLS = "\u2600-\u27bf\U0001f000-\U0001faff"
_TOKEN = re.compile(
    f"(?P<unspaced>[{_UNSPACED}]+)|(?P<word>(?:[{_INDIAN}]|[^\\W_{_UNSPACED}])+)|(?P<symbol>[{_SYMBOLS}])"
)
_INVISIBLE = re.compile("[\u00ad\u0640\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
# Letters of Arabic that are written one for the other, and its digits.
_ARABIC = str.maketrans("ىةیک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "يهيك01234567890123456789")
_KEY = re.compile(r"[a-z][a-z0-9]{1,5}-[0-9]{1,10}")
_PIECES = re.compile(r'"([^"]*)"?|(\S+)')


class Weight(StrEnum):
    """How much a place of a text counts: titles and names, tags, descriptions, comments."""

    TITLE = "A"
    TAGS = "B"
    TEXT = "C"
    COMMENT = "D"


class Token(NamedTuple):
    """A lexeme, its position among those of the text, and its place in the normalised text."""

    lexeme: str
    position: int
    start: int
    end: int


@dataclass(frozen=True)
class Word:
    """One word of a query: lexemes that follow each other, each with its distance from the first.

    The last one may be the beginning of a longer word (`is_prefix`). ``joined`` is the same written in one piece.
    """

    parts: tuple[tuple[str, int], ...]
    is_prefix: bool
    joined: str = ""

    def as_tsquery(self, weight: str) -> str:
        """The word as a term of PostgreSQL's tsquery; `weight` limits it to some places of a text."""
        terms, last = [], len(self.parts) - 1
        for number, (lexeme, distance) in enumerate(self.parts):
            marks = ("*" if self.is_prefix and number == last else "") + weight
            step = distance - self.parts[number - 1][1] if number else 0
            terms.append((f" <{step}> " if number else "") + _quoted(lexeme, marks))
        phrase = "".join(terms)
        if self.joined:
            return f"({phrase} | {_quoted(self.joined, ('*' if self.is_prefix else '') + weight)})"
        return f"({phrase})" if last else phrase


@dataclass(frozen=True)
class SearchQuery:
    """What somebody searches for: every word must occur."""

    words: tuple[Word, ...]

    def as_tsquery(self, *, weight: str = "") -> str:
        """The query for PostgreSQL, to be cast to ``tsquery``; `weight` such as "A" or "AB" limits the places."""
        return " & ".join(word.as_tsquery(weight) for word in self.words)


def read_query(typed: str) -> SearchQuery:
    """The words that somebody typed; each may be the beginning of one. What stands in double quotes is a phrase.

    A key such as TF-12 is meant whole: it does not find TF-120. Without any letter or digit there are no words.
    """
    words = []
    for quoted, bare in _PIECES.findall(normalise(typed)):
        word = _word(quoted or bare, is_phrase=bool(quoted))
        if word is not None:
            words.append(word)
    return SearchQuery(tuple(dict.fromkeys(words[:MAX_WORDS])))


def read_phrase(typed: str) -> SearchQuery:
    """Words that must follow each other exactly as they were typed."""
    word = _word(normalise(typed), is_phrase=True)
    return SearchQuery((word,) if word else ())


def vector_of(texts: Iterable[tuple[Weight, str]]) -> str:
    """A text for PostgreSQL to cast to ``tsvector``: the words of some texts with their positions and weights.

    Words that are new when there are `MAX_VECTOR_BYTES` of others already are left out.
    """
    places: dict[str, list[str]] = {}
    start, size = 1, 0
    for weight, text in texts:
        position = start
        for token in tokenise(normalise(text[:MAX_TEXT])[:MAX_TEXT], joined=True):
            position = start + token.position
            known = places.get(token.lexeme)
            if known is None:
                size += len(token.lexeme.encode())
                if size > MAX_VECTOR_BYTES:
                    continue
                known = places[token.lexeme] = []
            if len(known) < POSITIONS_PER_LEXEME:
                known.append(f"{min(position, LAST_POSITION)}{weight}")
        start = position + GAP
    return " ".join(f"'{lexeme}':{','.join(where)}" for lexeme, where in places.items())


def tokenise(normalised: str, *, joined: bool = False) -> Iterator[Token]:
    """The tokens of a normalised text; with `joined` also words with apostrophes and hyphens in one piece."""
    position = 0
    chain: list[Token] = []
    for found in _TOKEN.finditer(normalised):
        if found.lastgroup == "unspaced":
            yield from _pairs(found[0], position, found.start())
            position += len(found[0])
            chain = []
            continue
        token = Token(found[0][:MAX_LEXEME], position, found.start(), found.end())
        yield token
        position += 1
        if joined:
            yield from _joined(chain, token, normalised)


def normalise(text: str) -> str:
    """A text in the form in which texts are compared; another length than it had."""
    if text.isascii():
        return text.lower()
    return _INVISIBLE.sub("", fold_for_finding(unicodedata.normalize("NFKC", text))).translate(
        _ARABIC
    )


def _pairs(run: str, position: int, start: int) -> Iterator[Token]:
    """Each two neighbouring characters, and the last one alone, so that every character begins a lexeme."""
    for number in range(len(run)):
        pair = run[number : number + 2]
        place = start + number
        yield Token(pair, position + number, place, place + len(pair))


def _joined(chain: list[Token], token: Token, text: str) -> Iterator[Token]:
    """The word in one piece, at the position of its first part, when `token` continues it; `chain` has its parts."""
    touches = chain and token.start == chain[-1].end + 1 and text[chain[-1].end] in "'-"
    if not touches:
        chain.clear()
    if len(chain) > MAX_JOINED:  # one of any length, which is no word, costs no more than this
        chain[-1] = token
        return
    chain.append(token)
    whole = "".join(part.lexeme for part in chain)
    if 1 < len(chain) <= MAX_JOINED and whole.isalpha():
        yield Token(whole[:MAX_LEXEME], chain[0].position, chain[0].start, token.end)


def _word(text: str, *, is_phrase: bool) -> Word | None:
    tokens = list(tokenise(text))
    if not tokens:
        return None
    # The last character alone of an unspaced run is there to begin a lexeme; behind its pair it says nothing.
    tokens = [
        token
        for number, token in enumerate(tokens)
        if not (number and _is_half(token) and _is_end_of_pair(tokens[number - 1], token))
    ]
    first = tokens[0].position
    parts = tuple((token.lexeme, token.position - first) for token in tokens)
    # Signs behind a word, as in C++, say that it has ended.
    is_open = not is_phrase and tokens[-1].end == len(text) and not _is_whole_pair(tokens[-1])
    is_prefix = is_open and _KEY.fullmatch(text) is None
    return Word(parts, is_prefix, "" if is_phrase else _joined_form(tokens, text))


def _joined_form(tokens: Sequence[Token], text: str) -> str:
    touch = all(
        after.start == before.end + 1 and text[before.end] in "'-"
        for before, after in pairwise(tokens)
    )
    whole = "".join(token.lexeme for token in tokens)
    is_short = 1 < len(tokens) <= MAX_JOINED
    return whole if is_short and touch and whole.isalpha() else ""


def _is_half(token: Token) -> bool:
    return len(token.lexeme) == 1 and _is_unspaced(token.lexeme)


def _is_end_of_pair(before: Token, token: Token) -> bool:
    return len(before.lexeme) == 2 and before.end == token.end and _is_unspaced(before.lexeme[0])


def _is_whole_pair(token: Token) -> bool:
    return len(token.lexeme) == 2 and _is_unspaced(token.lexeme[0])


def _is_unspaced(character: str) -> bool:
    found = _TOKEN.match(character)
    return found is not None and found.lastgroup == "unspaced"


def _quoted(lexeme: str, marks: str) -> str:
    return f"'{lexeme}':{marks}" if marks else f"'{lexeme}'"
