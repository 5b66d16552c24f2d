"""What may stand at a place of a query that is being typed: names of terms, or values of the term there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from taskforge.tasks.query.builder import PERSON_MARK, PERSON_TERM
from taskforge.tasks.query.nodes import Value
from taskforge.tasks.query.parser import MAX_LENGTH
from taskforge.tasks.query.term_base import plain
from taskforge.tasks.query.terms import find_term, list_terms

MAX_SUGGESTIONS = 8
MIN_LETTERS = 2  # of a word that may become a term: one letter is rather a word that is looked for
PEOPLE = frozenset({PERSON_TERM, "creator"})
_TERM = re.compile(r"([^\W\d_][\w.-]*):(.*)", re.S)
_LAST_VALUE = re.compile(r"(?:.*(?:,|\.\.))?(?:<=|>=|<|>|=)?(.*)", re.S)


@dataclass(frozen=True)
class Suggestion:
    """A text that may be put there, what it is called, and an example of its use."""

    text: str
    label: str
    example: str = ""


@dataclass(frozen=True)
class Completion:
    """What may replace `length` characters of a text from `start`."""

    start: int
    length: int
    suggestions: Sequence[Suggestion]


def complete(
    text: str,
    at: int,
    names: Callable[[str], Sequence[str]],
    *,
    without: Collection[str] = (),
    with_marks: bool = True,
) -> Completion:
    """What may stand where the caret is, behind `at` characters.

    `names` answers the names that a term knows, such as those of people; it is asked only for the term at the caret.
    `without` are terms that are of no use. `with_marks` says whether ``@`` means a person.
    """
    text = text[:MAX_LENGTH]
    start = _start_of_word(text[:at])
    word = text[start:at]
    if word.startswith("-"):
        start, word = start + 1, word[1:]
    if with_marks and word.startswith(PERSON_MARK):
        start, word = start + 1, word[1:]
        found = _values(PERSON_TERM, word, names)
    elif term := _TERM.fullmatch(word):
        name = term[1].lower()
        last = _LAST_VALUE.fullmatch(term[2])
        assert last is not None
        start += len(term[1]) + 1 + last.start(1)
        word = last[1]
        found = _values(name, word, names) if name not in without else iter(())
    else:
        found = _terms(word, without)
    suggestions = [one for one, _ in zip(found, range(MAX_SUGGESTIONS), strict=False)]
    if [one.text for one in suggestions] == [word]:
        suggestions = []
    return Completion(start, len(word), suggestions)


def _start_of_word(before: str) -> int:
    """Where the word begins that a text ends with; spaces in quotes part nothing."""
    start, is_quoted = 0, False
    for position, sign in enumerate(before):
        if sign == '"':
            is_quoted = not is_quoted
        elif not is_quoted and (sign.isspace() or sign == "("):
            start = position + 1
    return start


def _terms(word: str, without: Collection[str]) -> Iterator[Suggestion]:
    """Terms by their names, then keywords: “over” also finds ``is:overdue``. All terms where nothing is typed."""
    wanted = word.lower()
    if 0 < len(wanted) < MIN_LETTERS:
        return
    terms = [term for term in list_terms() if term.name not in without]
    for term in terms:
        if term.name.startswith(wanted):
            yield Suggestion(f"{term.name}:", f"{term.name}:", term.example)
    for term in terms if wanted else ():
        for value in term.kind.examples():
            if value.startswith(wanted):
                yield Suggestion(f"{term.name}:{value}", f"{term.name}:{value}")


def _values(name: str, word: str, names: Callable[[str], Sequence[str]]) -> Iterator[Suggestion]:
    term = find_term(name)
    if term is None:
        return
    wanted = plain(word.lstrip('"'))
    for value in term.kind.examples():
        if plain(value).startswith(wanted):
            yield Suggestion(value, value)
    named = names(name)
    shared = Counter(plain(full.split()[0]) for full in named if full.split())
    for full in named:
        if any(plain(part).startswith(wanted) for part in (full, *full.split())):
            first = full.split()[0] if full.split() else full
            is_short = name in PEOPLE and shared[plain(first)] == 1
            yield Suggestion(str(Value.of(first.lower() if is_short else full)), full)
