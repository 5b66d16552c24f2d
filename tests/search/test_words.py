"""A table of what must and must not be found, in one world of texts; and what is marked in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask

from taskforge.search import queries
from taskforge.search.legs import Kind
from taskforge.text.search_snippets import parts_of, snippet_of
from taskforge.text.search_words import read_phrase, read_query
from tests.factories import Person, make_person, make_task, make_team
from tests.search.feeding import feed_search
from tests.search.words import QUERIES, TITLES


def make_world(app: Flask) -> tuple[Person, Mapping[str, str]]:
    """A person, and the name of each text by the id of its task."""
    ada = make_person(app, "Nobody")
    team = make_team(ada, "World")
    return ada, {make_task(ada, team, title): name for name, title in TITLES.items()}


def test_what_must_and_must_not_be_found(app: Flask) -> None:
    person, names = make_world(app)
    feed_search(app)
    wrong = []
    with app.app_context():
        for typed, expected in QUERIES:
            hits = queries.search(person.actor, typed, kinds=frozenset({Kind.TASK}), limit=50).hits
            # A number is a task's number as well: that is asked elsewhere.
            found = {names[hit.row["entity_id"]] for hit in hits if hit.row["rank"]}
            if found != set(expected.split()):
                wrong.append((typed, sorted(found), sorted(expected.split())))
            elif not all(hit.title.marks for hit in hits if hit.row["rank"]):
                wrong.append((typed, "is not marked", [hit.title for hit in hits]))
    assert len(QUERIES) >= 150
    assert wrong == [], "\n".join(map(str, wrong))


SNIPPETS = (
    ("uber tf-12 email", "The Überzug of e-mail, TF-12, TF-120", "The [Über]zug of [e-mail], [TF-12], TF-120"),
    ("検索", "日本語の検索はむずかしい", "日本語の[検索]はむずかしい"),
    ("語", "日本語の検索", "日本[語]の検索"),
    ("file istanbul ete", "ﬁle und İstanbul e\u0301te\u0301 hi", "[ﬁle] und [İstanbul] [e\u0301te\u0301] hi"),
    ("dont its", "don’t, it’s", "[don’t], [it’s]"),
    ("max_retry", "set max_retry_count and max", "set [max_retry]_count and max"),
    ('"b c"', "a b c b d", "a [b c] b d"),
    ("zzz", "nothing\n of it", "nothing of it"),
    ("🚀", "go 🚀 up", "go [🚀] up"),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "text", "shown"), SNIPPETS)
def test_marks_stand_where_the_words_are(typed: str, text: str, shown: str) -> None:
    snippet = snippet_of(text, read_query(typed))
    assert "".join(f"[{part}]" if marked else part for part, marked in parts_of(*snippet)) == shown


def texts_around(needle: str) -> Iterator[str]:
    for filler in ("hay ", "é ", "草", "\n- x\n"):
        yield filler * 3000 + needle + " " + filler * 3000


def test_a_snippet_shows_the_first_word_however_late_it_comes() -> None:
    for text in texts_around("needle"):
        snippet = snippet_of(text, read_query("needl"))
        assert [snippet.text[start:end] for start, end in snippet.marks] == ["needl"]
        assert len(snippet.text) <= 202
        assert snippet.text.startswith("…")
        assert snippet.text.endswith("…")


def test_a_phrase_is_exact() -> None:
    assert read_phrase("Exact  wörds").as_tsquery() == "('exact' <1> 'words')"
    assert read_phrase(" ?! ").as_tsquery() == ""
