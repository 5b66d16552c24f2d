"""Mentions by their table of cases; the browser meets the same table in tests/e2e."""

from __future__ import annotations

import pytest

from taskforge.text.handles import make_nameables
from taskforge.text.markdown import render_markdown
from taskforge.text.mentions import find_mentioned, note_of, split_at_mentions
from tests.corpus.mentions import CASES, PEOPLE, Case
from tests.processor_time import processor_seconds


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_text_mentions_whom_the_table_says(case: Case) -> None:
    names = [piece[1:] for piece, is_mention in split_at_mentions(case.text) if is_mention]
    found = [
        [name, [one.display_name for one in find_mentioned(name, PEOPLE)[0]]] for name in names
    ]
    assert found == case.found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_splitting_loses_nothing(case: Case) -> None:
    assert "".join(piece for piece, _ in split_at_mentions(case.text)) == case.text


def test_a_whole_address_means_whoever_has_it_and_nobody_else() -> None:
    team = make_nameables([("1", "Kim Ito", "kim+a@a.test"), ("2", "Kim Ito", "kim@b.test")])
    assert [one.user_id for one in find_mentioned("Kim+A@a.test", team)[0]] == ["1"]
    assert [one.user_id for one in find_mentioned("kim@b.test", team)[0]] == ["2"]
    assert find_mentioned("kim@c.test", team)[0] == []
    assert len(find_mentioned("kim", team)[0]) == 2


def test_what_reached_nobody_is_said_with_what_to_write_instead() -> None:
    assert note_of("x", []) == "Nobody in this team goes by @x, so nobody was notified by it."
    found, _ = find_mentioned("ann", PEOPLE)
    assert note_of("ann", found) == (
        "@ann could be Ann Lee or Ann Park, so nobody was notified by it."
        " Write @ann.lee or @ann.park."
    )
    assert note_of("max", find_mentioned("max", PEOPLE)[0]) is None


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("@grace.", '<bdi class="mention" title="Grace Hopper">@grace</bdi>.'),
        ("@zoe's", '<bdi class="mention" title="Zoë O&#39;Neil-Smith">@zoe</bdi>&#39;s'),
        ("请@李雷看", '请<bdi class="mention" title="雷 李">@李雷</bdi>看'),
        ("**@Grace**", '<strong><bdi class="mention" title="Grace Hopper">@Grace</bdi></strong>'),
        ("@ann", "<p>@ann</p>"),
        ("@nobody", "<p>@nobody</p>"),
        ("`@grace`", "<code>@grace</code>"),
        ("[@grace](https://a.test)", ">@grace</a>"),
        ("<bdi>@grace</bdi>", '&lt;bdi&gt;<bdi class="mention" title="Grace Hopper">@grace</bdi>'),
    ],
)
def test_a_mention_is_drawn_as_a_chip_where_it_means_one_person(text: str, html: str) -> None:
    assert html in render_markdown(text, lambda: PEOPLE)


def test_a_chip_holds_no_markup_of_a_name() -> None:
    team = make_nameables([("1", '<b "x">', "ada@example.test")])
    html = render_markdown("@ada", lambda: team)
    assert 'title="&lt;b &#34;x&#34;&gt;"' in html


def test_the_team_is_asked_only_where_somebody_is_mentioned() -> None:
    def ask() -> list[object]:
        raise AssertionError

    assert "no name" in render_markdown("no name, ada@example.test", ask)  # type: ignore[arg-type]


@pytest.mark.parametrize("people", ["same first name", "same whole name"])
def test_a_team_of_500_namesakes_has_its_handles_soon(people: str) -> None:
    names = {
        "same first name": lambda number: f"Ada Number{number}",
        "same whole name": lambda _: "Ada Byron",
    }
    team = [(str(n), names[people](n), f"ada{n}@example.test") for n in range(500)]
    assert processor_seconds(lambda: make_nameables(team)) < 0.1
    assert [one.handle for one in make_nameables(team)][-1].endswith("499")
