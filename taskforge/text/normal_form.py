"""The forms in which texts are compared, whatever the locale of a database or a browser.

`fold` says whether two names or tags are the same. `fold_for_finding` also leaves accents out, for what is looked up by
typing. PostgreSQL has both as functions (`taskforge_fold` and `taskforge_find`, by migration 0014), the browser as
`static/js/lib/normal-form.js`.
"""

from __future__ import annotations

import re
import unicodedata

# Accents of Latin, Greek and Cyrillic, the points of Hebrew, the vowel signs of Arabic.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
# Letters that no decomposition takes apart, and the signs of typography.
_PLAIN = str.maketrans(
    dict(zip("øłđðħıŧ‘’ʼ“”„‐‑–", "olddhit'''\"\"\"---", strict=True))
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)


def fold(text: str) -> str:
    """The form in which names and tags are compared: NFKC in small letters, "ß" as "ss", the last sigma as any other.

    Not `str.casefold`, which PostgreSQL has only with ICU, and browsers not at all; they differ in 246 letters.
    """
    if text.isascii():
        return text.lower()
    small = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    return small.replace("ß", "ss").replace("ς", "σ")


def fold_for_finding(text: str) -> str:
    """The form in which something typed is looked for: folded, without accents, with plain quotes and hyphens."""
    folded = fold(text)
    if folded.isascii():
        return folded
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
    return unicodedata.normalize("NFC", bare).translate(_PLAIN)
