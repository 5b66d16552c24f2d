r"""The syntax of quick-add: ``Fix the hinge @grace !2 #tools fri`` is title, assignee, priority, tag and day.

Pure; the browser does the same while one types (`static/js/quick-add/parse.js`), and `tests/corpus/quick_add.jsonl`
tests both with the same cases. The rules:

- ``@name``, ``!1`` to ``!4`` (or ``!low`` to ``!urgent``) and ``#tag`` count anywhere as words of their own;
- a day counts at the end, with a time if one likes, and takes its preposition along (``by fri``, ``on 24 dec 15:00``);
- after a word that needs it as a noun a day is text: ``in the sun``, ``minutes of friday``, ``notes for 2026-12-01``;
- ``sat``, ``sun``, ``mon``, ``wed`` are words too: in capitals they count only behind a preposition (``by SAT``);
- the first assignee and the first priority count, a further one stays in the title;
- words that mean nothing stay in the title: ``C#``, ``a@b.c``, ``#12`` (a tag has a letter), an unknown ``@name``;
- a backslash in front (``\#tools``, ``on \friday``) or quotation marks around make text of it;
- a line that would have no title left is all title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from taskforge.tasks.priorities import PRIORITIES
from taskforge.text.handles import Nameable, find_named
from taskforge.text.normal_form import fold
from taskforge.text.spoken_days import (
    MAX_PHRASE_WORDS,
    Spoken,
    begins_with_month,
    can_end_phrase,
    read_spoken,
)
from taskforge.text.validation import MAX_TAG_LENGTH, MAX_TAGS

# What a tag or a name may be made of: no closing marks, so that "#tools," and "(@ada)" are text.
_WORD = r"[^\s#@!,;:\"'“”\\()<>\[\]{}?]+"
_TAG = re.compile(rf"#({_WORD})(?<!\.)")
_NAME = re.compile(rf"@((?:{_WORD}|['’])+(?:@{_WORD})?)(?<![.'’])")
# ASCII only: elsewhere a dotless i is an i to IGNORECASE, but "hıgh" is no priority.
_PRIORITY = re.compile(rf"!([1-4]|{'|'.join(PRIORITIES)})", re.IGNORECASE | re.ASCII)
_SPACED_WORD = re.compile(r"(\s*)(\S+)")
_ENDS_QUOTE = re.compile(r"[\"”][.,;:!?)]*\Z")
_MARKS = '#@!"“\\'
_ENDS_SENTENCE = re.compile(r"[.,;!]+\Z")
# Prepositions that go with a day; the first ones only with one that is not counted from today ("turn it on today").
_ON = frozenset({"on", "am"})
_BEFORE_A_DAY = _ON | {"by", "due", "until", "till", "til", "before", "for"}
# Words that need what follows as a noun, so that it is no day of the card.
_NEEDS_A_NOUN = frozenset(
    [
        "a",
        "about",
        "after",
        "an",
        "and",
        "as",
        "at",
        "between",
        "during",
        "each",
        "every",
        "from",
        "her",
        "his",
        "in",
        "into",
        "its",
        "last",
        "like",
        "my",
        "of",
        "or",
        "our",
        "since",
        "than",
        "that",
        "the",
        "their",
        "this",
        "through",
        "to",
        "under",
        "versus",
        "vs",
        "with",
        "your",
    ]
)
_NUMBER = re.compile(r"[0-9]+")
_AMBIGUOUS = frozenset({"mon", "sat", "sun", "wed"})


@dataclass(frozen=True)
class Note:
    """Something that stayed in the title, and why: ``unknown``, ``ambiguous``, ``second`` or ``full``.

    ``among`` are the people whom an ambiguous name could mean.
    """

    kind: str
    word: str
    among: tuple[Nameable, ...] = ()

    @property
    def sentence(self) -> str:
        """The message for the person."""
        if self.kind == "unknown":
            return f"Nobody in this team goes by {self.word}, so it stays in the title."
        if self.kind == "ambiguous":
            who = " or ".join(person.display_name for person in self.among[:3])
            instead = " or ".join(f"@{person.handle}" for person in self.among[:3] if person.handle)
            hint = f" Write {instead}." if instead else ""
            return f"{self.word} could be {who}, so it stays in the title.{hint}"
        if self.kind == "full":
            return f"A card has at most {MAX_TAGS} tags, so {self.word} stays in the title."
        thing = "assignee" if self.word.startswith("@") else "priority"
        return f"A card has one {thing}, so {self.word} stays in the title."


@dataclass
class QuickAdd:
    """What a line says: the title that is left, and everything that was taken out of it."""

    title: str
    assignee_id: str | None = None
    priority: str | None = None
    tags: list[str] = field(default_factory=list)
    due_on: date | None = None
    due_time: time | None = None
    notes: list[Note] = field(default_factory=list)


@dataclass
class _Word:
    gap: str
    text: str
    literal: bool = False


def parse_line(line: str, people: Iterable[Nameable], today: date) -> QuickAdd:
    """Read one line. `people` are those who can be assigned; `today` is the writer's."""
    found = QuickAdd("")
    members = list(people)
    words = [word for word in _split(line) if word.literal or not _take(word.text, members, found)]
    words = _take_day(words, today, found)
    found.title = "".join(word.gap + word.text for word in words).strip()
    return found if found.title else QuickAdd(line.strip())


def names_somebody(text: str) -> bool:
    """Whether a text may name people, so that they have to be known to read it."""
    return "@" in text


def _split(line: str) -> list[_Word]:
    words = [_Word(match[1], match[2]) for match in _SPACED_WORD.finditer(line)]
    at = 0
    while at < len(words):
        end = _end_of_quote(words, at)
        if end is not None:
            for word in words[at : end + 1]:
                word.literal = True
            at = end
        elif _is_escaped(words[at].text):
            words[at].text, words[at].literal = words[at].text[1:], True
        at += 1
    return words


def _end_of_quote(words: Sequence[_Word], start: int) -> int | None:
    if not words[start].text.startswith(('"', "“")):
        return None
    for at in range(start, len(words)):
        rest = words[at].text[1:] if at == start else words[at].text
        if _ENDS_QUOTE.search(rest):
            return at
    return None


def _is_escaped(word: str) -> bool:
    """Whether a backslash keeps a word from being read; before any other word it is text itself."""
    if not word.startswith("\\") or len(word) == 1:
        return False
    return word[1] in _MARKS or can_end_phrase(word[1:])


def _take(word: str, people: Sequence[Nameable], found: QuickAdd) -> bool:
    """Take a word of the syntax out of the title; False when it is none."""
    if match := _TAG.fullmatch(word):
        return _take_tag(match[1], found)
    if match := _PRIORITY.fullmatch(word):
        return _take_priority(match[1].lower(), found)
    if match := _NAME.fullmatch(word):
        return _take_name(match[1], people, found)
    return False


def _take_tag(tag: str, found: QuickAdd) -> bool:
    if len(tag) > MAX_TAG_LENGTH or not any(letter.isalpha() for letter in tag):
        return False
    if fold(tag) in map(fold, found.tags):
        return True
    if len(found.tags) == MAX_TAGS:
        found.notes.append(Note("full", f"#{tag}"))
        return False
    found.tags.append(tag)
    return True


def _take_priority(word: str, found: QuickAdd) -> bool:
    if found.priority is not None:
        found.notes.append(Note("second", f"!{word}"))
        return False
    found.priority = PRIORITIES[int(word) - 1] if word.isdigit() else word
    return True


def _take_name(name: str, people: Sequence[Nameable], found: QuickAdd) -> bool:
    matches = find_named(name, people)
    if len(matches) == 1 and found.assignee_id is None:
        found.assignee_id = matches[0].user_id
        return True
    kind = "second" if len(matches) == 1 else "ambiguous" if matches else "unknown"
    found.notes.append(Note(kind, f"@{name}", tuple(matches) if kind == "ambiguous" else ()))
    return False


def _take_day(words: list[_Word], today: date, found: QuickAdd) -> list[_Word]:
    """Take a day off the end, if words are left before it; answers the words that are."""
    for length in range(min(MAX_PHRASE_WORDS, len(words) - 1), 0, -1):
        phrase, rest = words[-length:], words[:-length]
        if any(word.literal for word in phrase):
            continue
        texts = [word.text for word in phrase]
        texts[-1] = _ENDS_SENTENCE.sub("", texts[-1])
        spoken = read_spoken(texts, today)
        if spoken is None:
            continue
        left = _before_day(rest, spoken)
        if not left or not _is_day_here(rest, texts, spoken):
            return words
        found.due_on, found.due_time = spoken.day, spoken.time
        return left
    return words


def _before_day(rest: list[_Word], spoken: Spoken) -> list[_Word]:
    """The words before a day, without the preposition that goes with it."""
    if not _goes_with(rest, spoken):
        return rest
    left = rest[:-1]
    return left[:-1] if left and not left[-1].literal and _plain(left[-1]) == "due" else left


def _goes_with(rest: list[_Word], spoken: Spoken) -> bool:
    word = _plain(rest[-1])
    if rest[-1].literal or word not in _BEFORE_A_DAY:
        return False
    if word == "am" and len(rest) > 1 and _plain(rest[-2]) == "i":
        return False
    return not (word in _ON and spoken.is_relative)


def _is_day_here(rest: list[_Word], texts: list[str], spoken: Spoken) -> bool:
    """Whether the word before a phrase leaves it free to be a day."""
    word = _plain(rest[-1])
    if word in _NEEDS_A_NOUN or (word == "for" and spoken.is_date):
        return False
    if _NUMBER.fullmatch(word) and begins_with_month(texts):
        return False  # "1 january 28"
    if len(texts) > 1 or texts[0].lower() not in _AMBIGUOUS:
        return True
    if word == "for":
        return False
    return _goes_with(rest, spoken) or not texts[0].isupper()


def _plain(word: _Word) -> str:
    return word.text.lower().removesuffix(":")
