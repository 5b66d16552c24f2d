"""Files of ours in running text: ``![name](/attachments/<id>)`` shows an image, ``[name](/attachments/<id>)`` a link.

The sanitiser passes no address of ours. While Markdown is read, such a file is marked by an element that people can't
write; behind the sanitiser `draw_files` puts elements of ours in its place. So exactly these addresses are possible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup, escape

PREFIX = "/attachments/"
MAX_WORDS = 200  # characters of the name that somebody gave a file in a text

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ADDRESS = re.compile(rf"{PREFIX}({_ID})\Z")
_SHOWN, _LINKED = "!", "#"
_MARKED = re.compile(rf"<bdi>([{_SHOWN}{_LINKED}])({_ID}) ([^<]*)</bdi>")
_IMAGE = Markup(
    '<a class="inline-image" href="{}" data-dialog aria-label="{}"><img src="{}" alt="{}" width="{}" height="{}"'
    ' loading="lazy"></a>'
)
_LINK = Markup('<a class="inline-file" href="{}" data-dialog>{}</a>')


@dataclass(frozen=True)
class InlineImage:
    """An image that a text may show: where it is, and its size in pixels, so that nothing shifts when it comes."""

    address: str
    width: int
    height: int


# The images that a text may show, by the id of their attachment; asked only of a text that names a file.
Images = Callable[[], Mapping[str, InlineImage]]


def find_file(address: str) -> str | None:
    """The id of the attachment behind an address; None for every other address."""
    found = _ADDRESS.match(address)
    return found[1] if found else None


def mark_file(attachment_id: str, words: str, *, is_shown: bool) -> str:
    """HTML that marks a file for `draw_files`: an image that is shown, or a link."""
    words = " ".join(words.split())[:MAX_WORDS] or ("Image" if is_shown else "File")
    return f"<bdi>{_SHOWN if is_shown else _LINKED}{attachment_id} {escape(words)}</bdi>"


def has_files(html: str) -> bool:
    """Whether HTML may hold marked files."""
    return f"<bdi>{_SHOWN}" in html or f"<bdi>{_LINKED}" in html


def draw_files(html: Markup, images: Images | None) -> Markup:
    """HTML with the marked files as images and links; an image that is not among `images` is a link."""
    known = images() if images and f"<bdi>{_SHOWN}" in html else {}
    pieces: list[Markup] = []
    end = 0
    for match in _MARKED.finditer(html):
        way, attachment_id, words = match[1], match[2], unescape(match[3])
        pieces.append(html[end : match.start()])
        end = match.end()
        image = known.get(attachment_id) if way == _SHOWN else None
        address = PREFIX + attachment_id
        if image is None:
            pieces.append(_LINK.format(address, words))
        else:
            size = (image.width, image.height)
            pieces.append(_IMAGE.format(address, f"Open {words}", image.address, words, *size))
    return Markup("").join([*pieces, html[end:]])
