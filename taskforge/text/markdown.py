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
from markdown_it.token import Token
from markupsafe import Markup, escape

from taskforge.text import parser_limits as limits
from taskforge.text.effort import OutOfTime, TooMuchWork, metered
from taskforge.text.handles import Nameable
from taskforge.text.html_cache import HtmlCache
from taskforge.text.links import link_addresses
from taskforge.text.markdown_rules import CHECKED_LABEL, MENTION, UNCHECKED_LABEL, adapt
from taskforge.text.mentions import MAX_MENTIONS, draw_mentions, has_mentions
from taskforge.text.normal_form import fold
from taskforge.text.own_files import Images, draw_files, find_file, has_files

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
            "aria-label": {CHECKED_LABEL, UNCHECKED_LABEL},
        }
    },
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel="nofollow noopener ugc",
)


def render_markdown(
    text: str, people: People | None = None, images: Images | None = None
) -> Markup:
    """The HTML of a Markdown text, safe inside any element that may hold blocks.

    CommonMark with tables, strikethrough, task lists, bare links, and line breaks where the text has them. Headings
    begin at level 3, below the page's own, and leave no level out, whatever the text begins with. Images become
    links, but for files of ours among `images` (`taskforge.text.own_files`). Of more than `MAX_LENGTH` characters the
    rest is cut off. A text that takes too much work (`taskforge.text.effort`) is shown as it was typed, with a sentence
    that says so. Those whom a text mentions are drawn as chips. `people`, called only if it mentions somebody, answers
    the team; `images` is called only if it shows a file.

    Raises:
        ClientLeft: nobody waits for the page any more.
    """
    html = _render_cached(text[:MAX_LENGTH])
    if people is not None and has_mentions(html):
        html = draw_mentions(html, people())
    return draw_files(html, images) if has_files(html) else html


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
            if token.type == "html_inline" and token.markup == MENTION:
                yield token.info


def _build_parser(*, tables: bool) -> MarkdownIt:
    """A parser; it keeps no state between calls, so that threads can share it."""
    options = {"html": False, "linkify": False, "breaks": True, "maxNesting": MAX_NESTING}
    parser = MarkdownIt("commonmark", options).enable("strikethrough")
    parser.disable("reference")  # a line that defines a link would vanish
    link_addresses(parser)
    if tables:
        parser.enable("table")
    parser.validateLink = _may_link  # type: ignore[method-assign]
    parser.core.ruler.push("taskforge", adapt)
    limits.count_steps(parser)
    return parser


def _may_link(url: str) -> bool:
    return bool(_LINK.match(url)) or find_file(url) is not None


_PARSER = _build_parser(tables=True)
_PARSER_WITHOUT_TABLES = _build_parser(tables=False)
