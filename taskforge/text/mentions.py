"""``@names`` in running text: where they stand, whom they mean, and how a page shows them.

The browser does the same while one types (`static/js/mentions/find-mentions.js`), and
`tests/corpus/mentions.jsonl` tests both with the same cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from markupsafe import Markup, escape

from taskforge.text.handles import Nameable, find_named
from taskforge.text.scripts import WITHOUT_SPACES

MAX_NAME_LENGTH = 64
MAX_NOTED = 3  # names in one sentence
MAX_MENTIONS = 50  # people whom one text can mention
MAX_CUTS = 8  # places in a word where a name is tried to end

# A name begins with a letter or digit of any script and ends before a space or a sign of punctuation. Before the "@"
# stands no letter (that is an e-mail address), unless its script has no spaces.
_NAME = (
    r"(?=[^\W_])[^\s#@!,;:\"“”„«»‹›\\()<>\[\]{}?…、。，．！？：；（）「」『』【】《》〈〉*`~|/&=%$^]"
    rf"{{1,{MAX_NAME_LENGTH}}}"
)
_DOMAIN = r"[^\W_](?:[\w.-]{0,188}[^\W_])?"
MENTION = re.compile(
    rf"(?<![A-Za-z0-9_@/.+])(?:(?<![^\W_])|(?<=[{WITHOUT_SPACES}]))@({_NAME}(?:@{_DOMAIN})?)"
)
_TAIL = "._'’+-"  # what may follow a name, and is inside some
_CHIP = Markup('<bdi class="mention" title="{}">@{}</bdi>{}')
_MARKED = re.compile(r"<bdi>@([^<]*)</bdi>")
# Where a name may end inside a word: before an apostrophe (“@grace's”), and beside a script without spaces.
_ENDS = re.compile(rf"(?=['’])|(?<=[{WITHOUT_SPACES}])|(?=[{WITHOUT_SPACES}])")
_MIN_PART = 2  # characters: a shorter beginning of a word means nobody


def split_at_mentions(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a text in their order, each with whether it is a mention, which then begins with “@”."""
    end = 0
    for match in MENTION.finditer(text):
        name = match.group(1).rstrip(_TAIL)
        if text[end : match.start()]:
            yield text[end : match.start()], False
        end = match.start() + 1 + len(name)
        yield text[match.start() : end], True
    if text[end:]:
        yield text[end:], False


def find_mentioned(name: str, people: Sequence[Nameable]) -> tuple[list[Nameable], str]:
    """Whom a name (without “@”) means, several where it is ambiguous; and what of it belongs to the sentence.

    ``grace's`` means Grace and leaves ``'s``; so does what a script without spaces writes right behind a name.
    """
    cuts = sorted(
        {at.start() for at in _ENDS.finditer(name) if _MIN_PART <= at.start() < len(name)}
    )
    for end in (len(name), *reversed(cuts[:MAX_CUTS])):
        if found := find_named(name[:end], people):
            return found, name[end:]
    return [], ""


def note_of(name: str, found: Sequence[Nameable]) -> str | None:
    """The sentence about a name that means nobody, or more than one person; None where it means one."""
    if len(found) == 1:
        return None
    if not found:
        return f"Nobody in this team goes by @{name}, so nobody was notified by it."
    who = " or ".join(person.display_name for person in found[:MAX_NOTED])
    handles = [
        f"@{person.handle}"
        for person in found[:MAX_NOTED]
        if person.handle and not person.is_handle_of_address  # a guest may read the sentence
    ]
    hint = f" Write {' or '.join(handles)}." if handles else ""
    return f"@{name} could be {who}, so nobody was notified by it.{hint}"


def mark_mention(written: str) -> str:
    """HTML that marks a mention for `draw_mentions`; people can't write this element themselves."""
    return f"<bdi>{escape(written)}</bdi>"


def draw_mentions(html: Markup, people: Sequence[Nameable]) -> Markup:
    """HTML with the marked mentions of `people` as chips; what means nobody, or several, is text again.

    So are all names after the first `MAX_MENTIONS`: looking for a name costs as much as a team has members.
    """
    pieces: list[Markup] = []
    end = 0
    meant: dict[str, tuple[list[Nameable], str]] = {}
    for match in _MARKED.finditer(html):
        name = unescape(match.group(1))
        if name not in meant and len(meant) < MAX_MENTIONS:
            meant[name] = find_mentioned(name, people)
        found, rest = meant.get(name, ([], ""))
        pieces.append(html[end : match.start()])
        end = match.end()
        if len(found) == 1:
            spelt = name[: len(name) - len(rest)]
            pieces.append(_CHIP.format(found[0].display_name, spelt, rest))
        else:
            pieces.append(html[match.start(1) - 1 : match.end(1)])
    return Markup("").join([*pieces, html[end:]])


def has_mentions(html: str) -> bool:
    """Whether `draw_mentions` would need people for this HTML."""
    return "<bdi>@" in html
