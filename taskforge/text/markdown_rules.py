"""What TaskForge makes of the parts of a Markdown text once they are parsed.

Headings, images, links, mentions, task lists, and what would show nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from taskforge.text.mentions import mark_mention, split_at_mentions
from taskforge.text.own_files import find_file, mark_file

MENTION = "@"  # the markup of a token that is a mention
CHECKED_LABEL = "Done"
UNCHECKED_LABEL = "To do"
_TASK = re.compile(r"\[([ xX])\](?=\s)")


def adapt(state: StateCore) -> None:
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
    for token in _with_file_links(tokens):
        if token.type in {"link_open", "link_close"}:
            in_link += token.nesting
            if token.type == "link_close" and target:
                yield _text(target)
            target = str(token.attrGet("href") or "") if token.type == "link_open" else ""
            yield token
            continue
        shown = [token]
        if token.type == "image":
            shown = _image(token, in_link=bool(in_link))
        elif token.type == "text" and not in_link and "@" in token.content:
            pieces = split_at_mentions(token.content)
            shown = [
                _mention(piece) if is_mention else _text(piece) for piece, is_mention in pieces
            ]
        if any(one.content.strip() for one in shown):
            target = ""
        yield from shown


def _with_file_links(tokens: Sequence[Token]) -> Iterator[Token]:
    """The same tokens, with each link to a file of ours as one mark of its words."""
    file_id: str | None = None
    words: list[str] = []
    for token in tokens:
        if file_id is None and token.type == "link_open":
            file_id, words = find_file(str(token.attrGet("href") or "")), []
            if file_id is None:
                yield token
        elif file_id is None:
            yield token
        elif token.type == "link_close":
            yield _raw(mark_file(file_id, "".join(words), is_shown=False))
            file_id = None
        else:
            words.append(token.content)


def _image(token: Token, *, in_link: bool) -> list[Token]:
    """What an image becomes: a mark if it is a file of ours, else a link; inside a link its words."""
    source, words = str(token.attrGet("src") or ""), token.content.strip()
    if in_link:
        return [_text(words or source)]
    file_id = find_file(source)
    if file_id is not None:
        return [_raw(mark_file(file_id, words, is_shown=True))]
    return _link(source, words or source)


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
    label = CHECKED_LABEL if checked else UNCHECKED_LABEL
    state = " checked" if checked else ""
    first.content = first.content[match.end() :]
    children.insert(0, _raw(f'<input type="checkbox" disabled{state} aria-label="{label}">'))


def _mention(written: str) -> Token:
    token = Token("html_inline", "", 0, markup=MENTION, info=written.removeprefix(MENTION))
    token.content = mark_mention(written)
    return token


def _raw(html: str) -> Token:
    token = Token("html_inline", "", 0)
    token.content = html
    return token


def _text(content: str) -> Token:
    token = Token("text", "", 0)
    token.content = content
    return token


def _link(target: str, words: str) -> list[Token]:
    opening = Token("link_open", "a", 1)
    opening.attrSet("href", target)
    return [opening, _text(words), Token("link_close", "a", -1)]
