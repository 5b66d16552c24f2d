"""Names of attached files: what somebody's computer called them, made harmless to show, to store and to send."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME_BYTES = 255
MAX_EXTENSION_BYTES = 32
NAMELESS = "file"
# What is not seen, or turns the text around it: controls, marks of direction, joiners at the edge, line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # parts of words and of emoji
_SPACES = re.compile(r"\s+")


def clean_name(sent: str) -> str:
    """A file's name without folders, controls and marks of direction, in NFC, of at most `MAX_NAME_BYTES` in UTF-8.

    A name that is too long keeps its extension. There is always one: `NAMELESS` stands for none.
    """
    last = re.split(r"[/\\]", sent)[-1]
    seen = "".join(
        " " if letter in "\t\n\r" else letter
        for letter in unicodedata.normalize("NFC", last)
        if letter in _JOINERS or letter in "\t\n\r" or unicodedata.category(letter) not in _UNSEEN
    )
    name = _SPACES.sub(" ", seen).strip(" \u200c\u200d").rstrip(".")
    return _shorten(name) if name.strip(".") else NAMELESS


def extension_of(name: str) -> str:
    """The extension of a name in lower case, without its dot; empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def _shorten(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not (dot and stem and len(extension.encode()) <= MAX_EXTENSION_BYTES):
        return _cut(name, MAX_NAME_BYTES)
    end = f".{extension}"
    return _cut(stem, MAX_NAME_BYTES - len(end.encode())) + end


def _cut(text: str, size: int) -> str:
    """The longest beginning of a text that has at most `size` bytes in UTF-8."""
    return text.encode()[:size].decode(errors="ignore").rstrip()
