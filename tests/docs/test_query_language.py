"""The page about the query language: what the code says in it is up to date, and every example on it is a query."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.stores import sql
from taskforge.stores.actor import NOBODY, Actor
from taskforge.tasks.query.compiler import compile_query
from taskforge.tasks.query.errors import QueryError
from taskforge.tasks.query.parser import parse
from tests.docs.query_reference import PAGE, written

_EXAMPLE = re.compile(r"^    (\S.*?)(?:   +(.*))?$", re.M)
_REFUSED = re.compile(r"^\| `(.+?)` \| (.+?) \|$", re.M)


def test_grammar_and_terms_are_those_of_the_code() -> None:
    page = PAGE.read_text()
    assert page == written(page), "run: python -m tests.docs.query_reference"


def test_every_example_is_a_query_that_can_be_asked(app: Flask) -> None:
    examples = [found[1] for found in _EXAMPLE.finditer(PAGE.read_text())]
    examples += re.findall(r"\| `([^`]+)` \|$", written(PAGE.read_text()), re.M)
    assert len(examples) > 30
    for example in examples:
        query = parse(example)
        assert parse(str(query)) == query
        made = compile_query(query, Actor(user_id=NOBODY), at=clock.reader_time())
        with app.app_context():
            statement = text(f"SELECT task_id FROM tasks k WHERE {made.sql}")
            assert sql.rows(statement, made.parameters) == []


def test_every_refusal_says_what_the_page_says() -> None:
    _, _, section = PAGE.read_text().partition("## Errors")
    refused = _REFUSED.findall(section.partition("\n## ")[0])
    assert len(refused) > 3
    for example, said in refused:
        with pytest.raises(QueryError) as caught:
            parse(example)
        assert caught.value.message == said
