"""Markdown: what people mean is shown, what attackers mean is text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from taskforge.text.markdown import TOO_LONG, TOO_MUCH_WORK, render_markdown
from tests import corpus

PAYLOADS = [
    line.replace("\\n", "\n")
    for line in Path(corpus.__file__).with_name("xss.txt").read_text("utf-8").splitlines()
]
TAGS = {
    "p",
    "br",
    "hr",
    "blockquote",
    "pre",
    "code",
    "em",
    "strong",
    "s",
    "a",
    "ul",
    "ol",
    "li",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "input",
    "bdi",
}
ATTRIBUTES = {
    "a": {"href", "rel"},
    "ol": {"start"},
    "input": {"type", "checked", "disabled", "aria-label"},
}


class Inspector(HTMLParser):
    """Notes everything that a browser would read as more than text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag not in TAGS:
            self.problems.append(f"tag {tag}")
        if names - ATTRIBUTES.get(tag, set()):
            self.problems.append(f"attributes {names} of {tag}")
        values = dict(attrs)
        if tag == "a" and "href" in values:
            href = values["href"] or ""
            if not href.startswith(("http://", "https://", "mailto:")):
                self.problems.append(f"link to {href!r}")
            if values.get("rel") != "nofollow noopener ugc":
                self.problems.append("link without rel")
        if tag == "input" and (values.get("type") != "checkbox" or "disabled" not in values):
            self.problems.append("input that can be used")

    def handle_comment(self, data: str) -> None:
        self.problems.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.problems.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.problems.append("processing instruction")


def problems_of(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.problems


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload[:50])
@pytest.mark.parametrize(
    "wrapping",
    [
        "{}",
        "text {} text",
        "- {}",
        "> {}",
        "| a |\n|---|\n| {} |",
        "**{}**",
        "[{}](http://a.example)",
    ],
)
def test_hostile_markdown_stays_text(payload: str, wrapping: str) -> None:
    html = render_markdown(wrapping.format(payload) if "{}" in wrapping else payload)
    assert problems_of(html) == []


def test_the_same_text_always_gives_the_same_html() -> None:
    text = "- [x] [a](http://a.example)\n\n3. b"
    assert len({str(render_markdown(text)) for _ in range(50)}) == 1


def test_there_are_enough_hostile_texts() -> None:
    assert len(set(PAYLOADS)) >= 150


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PAYLOADS) | st.text(max_size=10), max_size=4).map("".join))
def test_combinations_of_hostile_texts_stay_text(text: str) -> None:
    assert problems_of(render_markdown(text)) == []


@settings(max_examples=300)
@given(st.text(st.sampled_from("<>&\"'`*_~[]()!#-|:\\/@=\n\t x1ahttp"), max_size=80))
def test_any_markdown_stays_text(text: str) -> None:
    assert problems_of(render_markdown(text)) == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **b** *c* ~~d~~ `e`", "<strong>b</strong> <em>c</em> <s>d</s> <code>e</code>"),
        ("one\ntwo", "one<br>\ntwo"),
        ("# Title", "<h3>Title</h3>"),
        ("###### Deep", "<h3>Deep</h3>"),
        ("## A\n# B\n### C", "<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>"),
        ("# A\n### B\n## C\n### D", "<h3>A</h3>\n<h4>B</h4>\n<h4>C</h4>\n<h5>D</h5>"),
        ("A\n---\n> # B", "<h3>A</h3>\n<blockquote>\n<h3>B</h3>"),
        ("# A\n## B\n### C\n#### D\n##### E", "<h6>D</h6>\n<h6>E</h6>"),
        ("> quoted", "<blockquote>"),
        ("3. c", '<ol start="3">'),
        ("| a |\n|---|\n| b |", "<td>b</td>"),
        ("```py\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>"),
        ("- [ ] a", '<input type="checkbox" disabled="" aria-label="To do"> a'),
        ("- [X] a", '<input type="checkbox" disabled="" checked="" aria-label="Done"> a'),
        ("<b>a</b>", "&lt;b&gt;a&lt;/b&gt;"),
        ("[a](https://b.example/c?d=e&f)", 'href="https://b.example/c?d=e&amp;f"'),
        ("[a](mailto:b@c.example)", 'href="mailto:b@c.example"'),
        ("<https://a.example>", 'href="https://a.example"'),
    ],
)
def test_markdown_is_rendered(text: str, html: str) -> None:
    assert html in render_markdown(text)


@pytest.mark.parametrize(
    ("text", "target", "rest"),
    [
        ("see http://a.example/b_c_d.", "http://a.example/b_c_d", "."),
        ("(https://a.example/x)", "https://a.example/x", ")"),
        ("https://a.example/x_(y)!", "https://a.example/x_(y)", "!"),
        ("HTTPS://a.example/?q=1,", "HTTPS://a.example/?q=1", ","),
    ],
)
def test_bare_addresses_become_links_without_the_sign_after_them(
    text: str, target: str, rest: str
) -> None:
    html = render_markdown(text)
    assert f'href="{target}"' in html or f'href="{target.replace("HTTPS", "https")}"' in html
    assert f"{target}</a>{rest}" in html


WHOLE = [
    "https://host/pkg/__init__.py",
    "https://a.example/a__b__c/d*e*f~~g~~/h",
    "http://my_host:8000/x",
    "http://[::1]:8000/x",
    "https://user@localhost/x?y[]=1&z={w}|v#/r?s=!t",
    "https://a.example/x---y--z/~me/wiki/Foo_(bar)",
    "https://ja.example/wiki/日本",
    "https://fr.example/wiki/L’Équipe",
    "https://münchen.example/straße",
    "https://a.example/" + "x/" * 2_000,
]


@pytest.mark.parametrize("address", WHOLE, ids=lambda address: address[:40])
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "see {}.",
        "**{}**",
        "_{}_",
        "~~{}~~",
        "({})",
        "“{}”",
        "- [ ] {}",
        "# {}",
        "请看{}。谢谢",
    ],
)
def test_a_pasted_address_arrives_whole(address: str, around: str) -> None:
    html = render_markdown(around.format(address))
    assert f">{escape(address)}</a>" in html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("“https://a.example/c”", "https://a.example/c"),
        ("„https://a.example/c“", "https://a.example/c"),
        ("»https://a.example/c«", "https://a.example/c"),
        ("‘https://a.example/c’", "https://a.example/c"),
        ("‹https://a.example/c›,", "https://a.example/c"),
        ("「https://a.example/c」", "https://a.example/c"),
        ("（https://a.example/c）", "https://a.example/c"),
        ("請看https://a.example/c。謝謝", "https://a.example/c"),
        ("詳細はhttps://a.example/cを参照", "https://a.example/c"),
        ("https://a.exampleを見て", "https://a.example"),
        ("주소는 https://a.example/c입니다", "https://a.example/c"),
        ("https://a.example/c—see", "https://a.example/c"),
        ("https://a.example/c…", "https://a.example/c"),
    ],
)
def test_what_stands_around_an_address_stays_outside(text: str, address: str) -> None:
    before, after = text.split(address)
    html = render_markdown(text)
    assert f"{before}<a href=" in html
    assert f">{address}</a>{after}" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a]: https://b.example", "[a]: "),
        ("[a]: /b 'title'", "[a]: /b"),
        ("[^1]: note", "[^1]: note"),
        ("[](https://b.example)", ">https://b.example</a>"),
        ("[ ](https://b.example)", "https://b.example</a>"),
        ("![ ](https://b.example/c.png)", ">https://b.example/c.png</a>"),
        ("``` words", "words"),
        ("~~~ words\n~~~", "words"),
        ("<!-- words -->", "words"),
    ],
)
def test_whatever_was_written_is_visible(text: str, shown: str) -> None:
    assert shown in render_markdown(text)


@pytest.mark.parametrize(
    "text", ["`http://a.example`", "    http://a.example", "xhttp://", "http://"]
)
def test_code_and_fragments_are_not_linked(text: str) -> None:
    assert "<a " not in render_markdown(text)


def test_an_image_is_a_link_because_pages_load_nothing_from_elsewhere() -> None:
    html = render_markdown("![a cat](https://a.example/cat.png)")
    assert ">a cat</a>" in html
    assert 'href="https://a.example/cat.png"' in html
    inside = render_markdown("[![a cat](https://a.example/cat.png)](https://b.example)")
    assert inside.count("<a ") == 1
    assert 'href="https://b.example"' in inside


def test_the_result_is_markup_and_an_empty_text_is_nothing() -> None:
    assert isinstance(render_markdown("x"), Markup)
    assert render_markdown("") == ""


def test_no_word_of_a_long_text_is_lost() -> None:
    text = "\n".join(f"line {number} <b>" for number in range(5_000))
    html = render_markdown(text)
    assert problems_of(html) == []
    assert all(f"line {number} " in html for number in (0, 1_000, 2_000, 4_999))


@pytest.mark.parametrize(
    "nested", ["> " * 60 + "deep words", "- " * 60 + "deep words", "1. " * 40 + "deep words"]
)
def test_what_is_nested_too_deep_is_shown_as_it_was_typed(nested: str) -> None:
    assert "deep words" in render_markdown(nested)


def test_a_text_that_is_not_formatted_says_why() -> None:
    hard = render_markdown("![" * 5_000)
    assert hard.startswith(f"<p><em>{TOO_MUCH_WORK}</em></p><pre>![")
    long = render_markdown("**word** among many others \n" * 2_000)
    assert long.startswith("<p><strong>word</strong>")
    assert f"<p><em>{TOO_LONG}</em></p><pre>**word**" in long
