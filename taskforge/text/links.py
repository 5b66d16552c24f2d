"""Finds the addresses that people paste into texts: each arrives whole, and what stands around it stays outside.

linkify-it says how far an address reaches. Here that is adapted to running text: closing quotes and the punctuation of
other scripts end an address, and so does a word of a script without spaces that begins right behind it. The rule works
while Markdown is read, so that ``__init__`` in an address is no bold text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from taskforge.text.scripts import WITHOUT_SPACES

MAX_ADDRESS = 8_000

_SCHEME = re.compile(r"(?<![A-Za-z0-9@/.:+\-])https?\Z", re.IGNORECASE)
# Also of a name with an underscore, and of an IPv6 address, which linkify-it does not take.
_HOST = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?#@:,;!'\"`|\\^()\[\]{}<>]*[^\W_][^\s/?#@:,;!'\"`|\\^()\[\]{}<>]*)"
# What ends an address wherever it stands: quotes and brackets of typography, the punctuation of full-width scripts.
_NEVER_INSIDE = "`\\\\“”„‟«»‹›‘‚‛、。，．！？：；（）｛｝［］「」『』【】《》〈〉〔〕—…。"
_END = re.compile(
    rf"[{_NEVER_INSIDE}]|[’–](?![^\W_])|(?<=[A-Za-z0-9])(?=[{WITHOUT_SPACES}])",
)
_OPENED_BY = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'\""
_EMPHASIS = "*_~"


def find_address(text: str) -> str:
    """The address at the very start of a text, without what only follows it; "" when there is none."""
    found = _LINKIFY.match_at_start(text[:MAX_ADDRESS])
    return _without_trailing(_cut(found.raw)) if found else ""


def link_addresses(parser: MarkdownIt) -> None:
    """Make a parser link bare addresses while it reads a text."""
    parser.inline.ruler.at("linkify", _link_address)
    parser.inline.ruler.enable("linkify")


def _link_address(state: StateInline, silent: bool) -> bool:
    """The rule of the parser, called at each character that may begin something: here the colon of ``https://``."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    found = _SCHEME.search(state.src, max(0, state.pos - 6), state.pos)
    if found is None or not state.pending.endswith(found.group()):
        return False
    scheme = found.group()
    start = state.pos - len(scheme)
    address = _without_emphasis(find_address(state.src[start : start + MAX_ADDRESS]), state)
    target = state.md.normalizeLink(address)
    if len(address) <= len(scheme) + 3 or not state.md.validateLink(target):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrSet("href", target)
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True


def _cut(address: str) -> str:
    """The address up to what can't be inside one."""
    end = _END.search(address, address.index("//") + 2)
    return address[: end.start()] if end else address


def _without_trailing(address: str) -> str:
    """The address without the punctuation that follows it; a closing bracket stays if its opening one is in it."""
    while address:
        last = address[-1]
        opened_by = _OPENED_BY.get(last)
        if (opened_by and address.count(last) > address.count(opened_by)) or last in _TRAILING:
            address = address[:-1]
        else:
            break
    return address


def _without_emphasis(address: str, state: StateInline) -> str:
    """The address without signs at its end that close an emphasis which was opened before it."""
    last = address[-1:]
    if (
        last
        and last in _EMPHASIS
        and any(one.open and one.marker == ord(last) for one in state.delimiters)
    ):
        return _without_trailing(address.rstrip(last))
    return address


def _make_linkify() -> LinkifyIt:
    """linkify-it for ``http:`` and ``https:`` only, with our rule for hosts."""
    linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
    parts = linkify.re
    after_scheme = re.compile(
        "//" + parts["src_auth"] + _HOST + parts["src_port"] + parts["src_path"], re.IGNORECASE
    )

    def measure(_: LinkifyIt, text: str, at: int) -> int:
        found = after_scheme.match(text, at)
        return len(found.group()) if found else 0

    rule: dict[str, Callable[[LinkifyIt, str, int], int]] = {"validate": measure}
    linkify.add("http:", rule)
    linkify.add("https:", rule)
    for scheme in ("ftp:", "//", "mailto:"):
        linkify.add(scheme, None)
    return linkify


_LINKIFY = _make_linkify()
