"""Files of ours in texts: exactly their addresses become images and links, and only images that the text may show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforge.text.markdown import find_mentions, render_markdown
from taskforge.text.own_files import Images, InlineImage
from tests.text.test_markdown import PAYLOADS, problems_of

ID = "0190a002-8b52-7b4a-97b7-50923ceb3ffd"
OTHER = "0190a002-8b52-7b4a-97b7-50923ceb3ffe"
AT = f"/attachments/{ID}"


def images() -> dict[str, InlineImage]:
    return {ID: InlineImage(f"{AT}/thumbnail", 640, 480)}


def shown(text: str, known: Images | None = images) -> str:
    return render_markdown(text, None, known).strip()


def link(words: str, at: str = AT) -> str:
    return f'<p><a class="inline-file" href="{at}" data-dialog>{words}</a></p>'


def test_an_image_of_the_task_is_shown_in_its_size() -> None:
    assert shown(f"![the *lamp* <b>]({AT})") == (
        f'<p><a class="inline-image" href="{AT}" data-dialog aria-label="Open the *lamp* &lt;b&gt;">'
        f'<img src="{AT}/thumbnail" alt="the *lamp* &lt;b&gt;" width="640" height="480" loading="lazy"></a></p>'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (f"[the **plan**]({AT})", link("the plan")),
        (f"[]({AT})", link("File")),
        (f"![lamp](/attachments/{OTHER})", link("lamp", f"/attachments/{OTHER}")),
        (f"[![lamp]({AT})]({AT})", link("lamp")),
        (f"![]({AT}x)", f"<p>![]({AT}x)</p>"),
        (f"![a]({AT}?b=1)", f"<p>![a]({AT}?b=1)</p>"),
        (f"![a]({AT}/view)", f"<p>![a]({AT}/view)</p>"),
        (f"![a](/attachments/{ID.upper()})", f"<p>![a](/attachments/{ID.upper()})</p>"),
        (f"[a](//other.example{AT})", f"<p>[a](//other.example{AT})</p>"),
        (f"`![a]({AT})`", f"<p><code>![a]({AT})</code></p>"),
        (f"<bdi>!{ID} a</bdi>", f"<p>&lt;bdi&gt;!{ID} a&lt;/bdi&gt;</p>"),
    ],
)
def test_everything_else_is_a_link_or_text(text: str, html: str) -> None:
    assert shown(text) == html


def test_without_known_images_it_is_a_link() -> None:
    assert shown(f"![lamp]({AT})", None) == link("lamp")


def test_the_images_are_asked_for_only_by_a_text_that_shows_one() -> None:
    def refuse() -> dict[str, InlineImage]:
        raise AssertionError

    assert shown(f"[plan]({AT}) and http://a.example", refuse)


def test_the_name_of_a_file_mentions_nobody() -> None:
    assert find_mentions(f"[@ada]({AT}) ![@bob]({AT}) @grace") == ["grace"]


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*PAYLOADS, f"![]({AT})", f"]({AT})", "![", "<bdi>"]), max_size=4))
def test_hostile_texts_around_files_stay_text(parts: list[str]) -> None:
    html = render_markdown("".join(parts), None, images)
    for end, start in (("</a>", '<a class="inline-image"'), ("</a>", '<a class="inline-file"')):
        while start in html:
            before, _, rest = html.partition(start)
            html = before + rest.partition(end)[2]
    assert problems_of(html) == []
