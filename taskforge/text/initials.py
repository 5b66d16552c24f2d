"""The initials of a name: what a reader would take for its first letters, in any script, also of emoji."""

from __future__ import annotations

import re
import unicodedata

_JOINER = "\u200d"
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{1,2}")
# A sign with what belongs to it: selectors, skin tones, the rings of keycaps, tags of regional flags.
_MODIFIER = re.compile("[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_CAPITALS = {"ß": "ẞ"}  # whose upper case is two letters


def initials_of(name: str) -> str:
    """One or two initials: of the first and the last word that has a letter, a digit or a symbol; "?" without any."""
    found = [initial for word in name.split() if (initial := _initial(word))]
    ends = [found[0], found[-1]] if len(found) > 1 else found
    return "".join(ends) or name.strip()[:1] or "?"


def _initial(word: str) -> str:
    """The first sign of a word that is no punctuation, as a capital; "" when it has none."""
    for at, character in enumerate(word):
        kind = unicodedata.category(character)
        if kind[0] in "LN":
            return _capital(_cluster(word[at:]))
        if kind in ("So", "Sk") or _FLAG.match(character):
            return _cluster(word[at:])
    return ""


def _cluster(text: str) -> str:
    """The first sign of a text with its accents, or an emoji with all that it is put together from."""
    flag = _FLAG.match(text)
    if flag:
        return flag.group()
    end = 1
    while end < len(text):
        if text[end] == _JOINER and end + 1 < len(text) and not text[end + 1].isalpha():
            end += 2
        elif unicodedata.category(text[end])[0] == "M" or _MODIFIER.match(text[end]):
            end += 1
        else:
            break
    return text[:end]


def _capital(letter: str) -> str:
    """The capital of a letter, of one width: of a ligature that of its first letter."""
    if letter in _CAPITALS:
        return _CAPITALS[letter]
    upper = letter.upper()
    return upper if len(upper) <= len(letter) else _cluster(upper)
