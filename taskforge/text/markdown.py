"""Renders people's Markdown as HTML that is safe in a page.

Two independent protections: the parser never passes HTML through and makes links with known schemes only; the
sanitiser then keeps an allowlist of tags and attributes, so that no id, class, style, ``hx-*``, ``data-*`` or event
handler that a person wrote reaches the page. No other module may declare a person's text as ``Markup``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

from taskforge.text import parser_limits as limits
from taskforge.text.effort import OutOfTime, TooMuchWork, metered
from taskforge.text.handles import Nameable
from taskforge.text.html_cache import HtmlCache
from taskforge.text.links import link_addresses
from taskforge.text.mentions import (
    MAX_MENTIONS,
    draw_mentions,
    has_mentions,
    mark_mention,
    split_at_mentions,
)
from taskforge.text.normal_form import fold

MAX_LENGTH = 200_000
# What follows after this many characters is shown as plain text.
MAX_FORMATTED = 24_000
MAX_NESTING = 24
# Why a text, or the rest of one, is shown as it was typed.
TOO_MUCH_WORK = "Shown as it was typed: formatting it would take too much work."
OUT_OF_TIME = "Shown as it was typed: this page holds more text than can be formatted at once."
TOO_LONG = "From here on it is shown as it was typed: the text is very long."

People = Callable[[], Sequence[Nameable]]

_SCHEMES = {"http", "https", "mailto"}
_LINK = re.compile(r"(?:https?://[^/\s]|mailto:[^/\s])", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\](?=\s)")
_MENTION = "@"
_CHECKED_LABEL = "Done"
_UNCHECKED_LABEL = "To do"

_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a", "ul", "ol", "li"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "input"),
        "bdi",
    },
    clean_content_tags={"script", "style"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},  # "*": no title, no lang
    tag_attribute_values={
        "input": {
            "type": {"checkbox"},
            "disabled": {""},
            "checked": {""},
            "aria-label": {_CHECKED_LABEL, _UNCHECKED_LABEL},
        }
    },
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel="nofollow noopener ugc",
)


def render_markdown(text: str, people: People | None = None) -> Markup:
    """The HTML of a Markdown text, safe inside any element that may hold blocks.

    CommonMark with tables, strikethrough, task lists, bare links, and line breaks where the text has them. Headings
    begin at level 3, below the page's own, and leave no level out, whatever the text begins with. Images become
    links. Of more than `MAX_LENGTH` characters the rest is cut off. A text that takes too much work
    (`taskforge.text.effort`) is shown as it was typed, with a sentence that says so. Those whom a text mentions are
    drawn as chips; `people`, called only if it mentions somebody, answers the team.

    Raises:
        ClientLeft: nobody waits for the page any more.
    """
    html = _render_cached(text[:MAX_LENGTH])
    if people is None or not has_mentions(html):
        return html
    return draw_mentions(html, people())


def _render_cached(text: str) -> Markup:
    key = HtmlCache.key(text)
    cached = _rendered.get(key)
    if cached is not None:
        return cached
    try:
        html = _render(text)
    except OutOfTime:  # the next request may have time for it
        return _clean(_plain(text, OUT_OF_TIME))
    _rendered.keep(key, html)
    return html


def _render(text: str) -> Markup:
    formatted, rest = _split(text)
    with metered(text) as meter:
        try:
            html = _parser_for(formatted).render(formatted, {limits.METER: meter})
        except TooMuchWork:
            return _clean(_plain(text, TOO_MUCH_WORK))
        return _clean(html + _plain(rest, TOO_LONG))


def _plain(text: str, why: str) -> str:
    return f"<p><em>{escape(why)}</em></p><pre>{escape(text)}</pre>" if text else ""


def _clean(html: str) -> Markup:
    return Markup(_CLEANER.clean(html))  # noqa: S704  the sanitised output, and nothing else


# The HTML depends on the text alone, and a discussion is read far more often than it is written.
_rendered = HtmlCache()


def find_mentions(text: str) -> list[str]:
    """The people whom a text mentions by ``@``, as folded names in their order, each once, at most `MAX_MENTIONS`.

    ``@ada``, ``@ada.lovelace`` and ``@ada@example.com`` give ``ada``, ``ada.lovelace`` and
    ``ada@example.com``.  Code and the targets of links mention nobody.
    """
    formatted, _ = _split(text[:MAX_LENGTH])
    if "@" not in formatted:
        return []
    found: dict[str, None] = {}
    for name in _mentions(_parse(formatted)):
        found.setdefault(fold(name))
        if len(found) == MAX_MENTIONS:
            break
    return list(found)


def _split(text: str) -> tuple[str, str]:
    """The part that is formatted, and the rest; cut at the end of a line if there is one in its second half."""
    if len(text) <= MAX_FORMATTED:
        return text, ""
    cut = text.rfind("\n", MAX_FORMATTED // 2, MAX_FORMATTED) + 1 or MAX_FORMATTED
    return text[:cut], text[cut:]


def _parse(text: str) -> list[Token]:
    """The parts of a text; none of one that takes too much work."""
    try:
        with metered(text) as meter:
            return _parser_for(text).parse(text, {limits.METER: meter})
    except (TooMuchWork, OutOfTime):
        return []


def _parser_for(text: str) -> MarkdownIt:
    """The parser for a text.

    Raises:
        TooMuchWork: whichever parser it is, it would take too long.
    """
    limits.refuse_costly(text)
    return _PARSER if limits.may_have_tables(text) else _PARSER_WITHOUT_TABLES


def _mentions(tokens: Sequence[Token]) -> Iterator[str]:
    """The marked mentions, as they are written, without “@”."""
    for block in tokens:
        for token in block.children or ():
            if token.type == "html_inline" and token.markup == _MENTION:
                yield token.info


def _adapt(state: StateCore) -> None:
    """The parser's last rule: adapts headings, images, links, mentions, task lists, and what would show nothing."""
    outline: list[
        str
    ] = []  # the heading above and those that it stands under, by the text's own levels
    for index, token in enumerate(state.tokens):
        if token.type == "heading_open":
            outline = [*(level for level in outline if level < token.tag), token.tag]
            token.tag = _tag_of(outline)
        elif token.type == "heading_close":
            token.tag = _tag_of(outline)
        elif token.type == "inline" and token.children:
            token.children = list(_adapted(token.children))
            if _starts_list_item(state.tokens, index):
                _mark_task(token.children)
        elif token.type == "fence" and token.info and not token.content.strip():
            token.content = (
                token.info
            )  # words behind the fence: without code they are what was written


def _tag_of(outline: Sequence[str]) -> str:
    """The tag of the innermost heading of an outline; the page's own headings are h1 and h2."""
    return f"h{min(6, len(outline) + 2)}"


def _adapted(tokens: Sequence[Token]) -> Iterator[Token]:
    in_link = 0
    target = ""  # of a link that shows nothing yet
    for token in tokens:
        if token.type in {"link_open", "link_close"}:
            in_link += token.nesting
            if token.type == "link_close" and target:
                yield _text(target)
            target = str(token.attrGet("href") or "") if token.type == "link_open" else ""
            yield token
            continue
        shown = [token]
        if token.type == "image":
            source = str(token.attrGet("src") or "")
            words = token.content.strip() or source
            shown = [_text(words)] if in_link else _link(source, words)
        elif token.type == "text" and not in_link and "@" in token.content:
            pieces = split_at_mentions(token.content)
            shown = [
                _mention(piece) if is_mention else _text(piece) for piece, is_mention in pieces
            ]
        if any(one.content.strip() for one in shown):
            target = ""
        yield from shown


def _starts_list_item(tokens: Sequence[Token], index: int) -> bool:
    return (
        index >= 2
        and tokens[index - 1].type == "paragraph_open"
        and tokens[index - 2].type == "list_item_open"
    )


def _mark_task(children: list[Token]) -> None:
    """Turn a leading ``[ ]`` or ``[x]`` into a disabled checkbox."""
    first = children[0]
    match = _TASK.match(first.content) if first.type == "text" else None
    if match is None:
        return
    checked = match.group(1) != " "
    label = _CHECKED_LABEL if checked else _UNCHECKED_LABEL
    box = Token("html_inline", "", 0)
    state = " checked" if checked else ""
    box.content = f'<input type="checkbox" disabled{state} aria-label="{label}">'
    first.content = first.content[match.end() :]
    children.insert(0, box)


def _mention(written: str) -> Token:
    token = Token("html_inline", "", 0, markup=_MENTION, info=written.removeprefix(_MENTION))
    token.content = mark_mention(written)
    return token


def _text(content: str) -> Token:
    token = Token("text", "", 0)
    token.content = content
    return token


def _link(target: str, words: str) -> list[Token]:
    opening = Token("link_open", "a", 1)
    opening.attrSet("href", target)
    return [opening, _text(words), Token("link_close", "a", -1)]


def _build_parser(*, tables: bool) -> MarkdownIt:
    """A parser; it keeps no state between calls, so that threads can share it."""
    options = {"html": False, "linkify": False, "breaks": True, "maxNesting": MAX_NESTING}
    parser = MarkdownIt("commonmark", options).enable("strikethrough")
    parser.disable("reference")  # a line that defines a link would vanish
    link_addresses(parser)
    if tables:
        parser.enable("table")
    parser.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]
    parser.core.ruler.push("taskforge", _adapt)
    limits.count_steps(parser)
    return parser


_PARSER = _build_parser(tables=True)
_PARSER_WITHOUT_TABLES = _build_parser(tables=False)
