"""What texts are queries, in which one spelling, and what is said at which word of the others. No store is asked."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforge import clock
from taskforge.stores.actor import NOBODY, Actor
from taskforge.tasks.query.builder import MAX_DEPTH
from taskforge.tasks.query.compiler import compile_query
from taskforge.tasks.query.errors import QueryError
from taskforge.tasks.query.nodes import Query
from taskforge.tasks.query.parser import (
    MAX_LENGTH,
    MAX_TERMS,
    MAX_VALUES,
    MAX_WORDS,
    parse,
    read_query,
)
from taskforge.tasks.query.terms import list_terms

PIECES = [
    *(f"{term.name}:" for term in list_terms()),
    *(
        "tag:a",
        "due:<friday",
        "is:open",
        "sort:due",
        "estimate:1..3",
        "status:doing,review",
        "word",
    ),
    *(
        "(",
        ")",
        "-",
        "or",
        "OR",
        " ",
        ",",
        "..",
        ".",
        "<",
        ">=",
        "=",
        '"',
        '"a b"',
        "“x”",
        "\\",
        "@ada",
    ),
    *(
        "none",
        "me",
        "7d",
        "2026-12",
        "2026-02-30",
        "http://x.test/a:b",
        "\x00",
        "\ud800",
        "ﬁ",
        "a:b:c",
    ),
]


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("", ""),
        (" \t ", ""),
        ("  Fix   LOGIN ", "Fix LOGIN"),
        ("Priority:>=HIGH", "priority:>=HIGH"),
        ("priority:=high", "priority:high"),
        ('text:"exact words"', '"exact words"'),
        ("text:word", "word"),
        ("“exact words”", '"exact words"'),
        ("@grace -@bob", "assignee:grace -assignee:bob"),
        ("a (b c) d", "a b c d"),
        ("a or (b or c)", "a or b or c"),
        ("(a or b) c", "(a or b) c"),
        ("-(a or b) -(-c)", "-(a or b) -(-c)"),
        ("tag:a, b", "tag:a,b"),
        ("due:  friday", "due:friday"),
        ("sort:-due assignee:me", "assignee:me sort:-due"),
        ("a or b sort:due", "(a or b) sort:due"),
        ("(a sort:due) or b", "(a or b) sort:due"),
        ("(a or b) sort:due", "(a or b) sort:due"),
        ('or - "or" x-y http://x.test', '"or" "-" "or" x-y "http://x.test"'),
        ('tag:"none",none', 'tag:"none",none'),
        (r'"say \"hi\" \\"', r'"say \"hi\" \\"'),
        ("due:2026-12-01..friday created:..2026 estimate:3..", "due:2026-12-01..friday created:..2026 estimate:3.."),
    ],
)  # fmt: skip
def test_a_query_has_one_spelling(text: str, spelling: str) -> None:
    query = parse(text)
    assert str(query) == spelling
    assert parse(spelling) == query


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("a prioritty:high", "prioritty", "There is no term “prioritty:”. Did you mean priority?"),
        ("a xyzzy:1", "xyzzy", "There is no term “xyzzy:”. Put “xyzzy:” in quotes to look for it."),
        ("status:dun x", "dun", "“dun” is nothing that “status:” knows. Did you mean done?"),
        ("is:blocked", "blocked", "It can be open, done, overdue or unassigned."),
        ("due:fryday", "fryday", "“fryday” is no day that “due:” knows. Did you mean friday?"),
        ("due:2026-02-30", "2026-02-30", "is no day"),
        ("due:a..friday", "a", "is no day"),
        ("tag:>a", ">a", "“tag:” has no order, so it takes no range and no comparison."),
        ("estimate:1.555", "1.555", "Estimate may have at most 2 decimals."),
        ("estimate:lots", "lots", "Estimate must be a number such as 1.5."),
        ("number:9999999999", "9999999999", "Number must be between 0 and 2,147,483,647."),
        ("key:12", "12", "“key:” needs a key such as WEB-12."),
        ("sort:title", "title", "“title” is nothing that “sort:” knows."),
        ("sort:due sort:start", "sort:due", "Write “sort:” once."),
        ("sort:due,start", "sort:due,start", "“sort:” takes one name."),
        ("a or sort:due", "sort:due", "Write “sort:” beside other terms, outside brackets."),
        ("-sort:due", "sort:due", "Write “sort:” beside other terms, outside brackets."),
        ("b (a or c sort:due)", "sort:due", "Write “sort:” beside other terms, outside brackets."),
        ("due: ", "due:", "A value is missing at the end."),
        ("x tag:a,", "tag:a,", "A value is missing at the end."),
        ("tag:)", ":)", "A value is missing here."),
        ('a "b', '"', "This quotation mark has no other one."),
        ("a) b", ")", "This bracket closes nothing."),
        ("a (b", "(", "This bracket is not closed."),
        ("a or", "r", "The query ends too early"),
        ("a or ) b", ")", "This bracket closes nothing."),
        ("a ()", ")", "This bracket closes nothing."),
        ("tag:,b", ",", "A value is missing before “,”."),
        ("a \x00", "\x00", "A query can't hold control characters."),
        (f"tag:{'x' * 41}", "x" * 41, "A tag has at most 40 characters."),
        ("x" * 201, "x" * 201, "Look for at most 200 characters."),
    ],
)  # fmt: skip
def test_an_error_points_at_the_word(text: str, at: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert said in error.message
    assert text[error.position : error.position + error.length] == at
    assert error.as_dict()["position"] == error.position


def test_queries_are_bounded() -> None:
    parse("x" * 200 + " " * (MAX_LENGTH - 200))
    parse(" ".join(["is:open"] * MAX_TERMS))
    parse(" ".join("a" * MAX_WORDS))
    parse(f"tag:{','.join('a' * MAX_VALUES)}")
    deep = MAX_DEPTH - 2
    parse("-(" * deep + "a b" + ")" * deep)
    for text in (
        "x" * (MAX_LENGTH + 1),
        " ".join(["is:open"] * (MAX_TERMS + 1)),
        "a " * MAX_WORDS + "or title:b",
        f"tag:{','.join('a' * (MAX_VALUES + 1))}",
        "-(" * MAX_DEPTH + "a b" + ")" * MAX_DEPTH,
        "(" * MAX_LENGTH,
        "-(" * (MAX_LENGTH // 2),
    ):
        with pytest.raises(QueryError):
            parse(text)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**64), st.text(max_size=60))
def test_whatever_is_typed_is_a_query_or_an_error_that_points_into_it(
    seed: int, other: str
) -> None:
    rng = Random(seed)
    drawn = ["".join(rng.choices(PIECES, k=rng.randint(1, 12))) for _ in range(30)]
    for text in (*drawn, other):
        query, error = read(text)
        if query is None:
            assert error is not None
            assert 0 <= error.position < error.position + error.length <= max(1, len(text)), text
            continue
        assert parse(str(query)) == query, text
        made = compile_query(query, Actor(user_id=NOBODY), at=clock.reader_time(), start=7)
        names = [f"query_{number}" for number in range(7, 7 + len(made.parameters))]
        assert list(made.parameters) == names


def read(text: str) -> tuple[Query | None, QueryError | None]:
    try:
        return parse(text), None
    except QueryError as error:
        return None, error


def test_further_terms_count_like_those_of_the_text() -> None:
    read_query("a " * MAX_WORDS, {"tag": "b"})
    for terms in ({"text": "b"}, {"tag": ",".join("b" * (MAX_VALUES - MAX_WORDS + 1))}):
        with pytest.raises(QueryError, match="at most"):
            read_query("a " * MAX_WORDS, terms)
