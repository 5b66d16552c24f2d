"""Excerpts: the beginning of a Markdown text as one plain line, for lists."""

from __future__ import annotations

import re

LENGTH = 160
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_LINE_MARK = re.compile(
    r"^[ \t]*(?:#{1,6}|>|[-*+]|[0-9]{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?", re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3}|~~|`{1,3})(?=\S)(.+?)(?<=\S)\1")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def excerpt_of(markdown: str, *, length: int = LENGTH) -> str:
    """At most `length` characters of a text, without the signs of Markdown, cut at the end of a word if there is one.

    It is text: whoever shows it must escape it. The text given may be a beginning.
    """
    text = _FENCE.sub("", markdown)
    for _ in range(2):  # a quotation holds a list
        text = _LINE_MARK.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = " ".join(_ESCAPE.sub(r"\1", text).split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return f"{at_word if len(at_word) > length // 2 else cut}…"
