"""While the search is being filled: how far that is, on the page and in the API, and when it is done again."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.search import rebuilding
from taskforge.search.rebuilding import Rebuilder
from taskforge.stores import sql
from tests.factories import Person, make_task, make_team
from tests.pages import Visitor

NEWER = "UPDATE search_progress SET form = form + 1 WHERE name <> 'events'"


def filled(person: Person) -> float:
    answer: float = person.api("GET", "/search?q=plank").get_json()["filled"]
    return answer


def test_the_search_says_how_far_it_is_filled(
    app: Flask, ada: Person, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "PAGE", 2)
    team = make_team(ada, "Forge")
    for number in range(6):
        make_task(ada, team, f"Plank {number}")
    assert filled(ada) == 0
    page = visitor.open("/find?q=plank")
    assert "Nothing found yet" in page.text
    assert "0 % of everything" in page.text
    with app.app_context():
        rebuilding.begin()
        steps = rebuilding.rebuild()
        shown = []
        while visitor.open("/find?q=plank").html.count("search-hit__title") == 0:
            shown.append(filled(ada))
            next(steps)
        steps.close()  # killed here
        part = filled(ada)
        assert shown == sorted(shown)
        assert shown[-1] < part < 1
        page = visitor.open("/find?q=plank")
        assert f"The search is being filled ({int(100 * part)} % done)" in " ".join(
            page.text.split()
        )
        assert re.search(r'<progress[^>]* value="\d+"', visitor.open("/find?q=oak").html)
        rebuilding.begin()  # a relay that is started again goes on from there
        assert filled(ada) == part
        for _ in rebuilding.rebuild():
            assert part <= filled(ada) <= 1
    assert filled(ada) == 1
    assert "being filled" not in visitor.open("/find?q=plank").text
    assert "Nothing holds all of these words" in visitor.open("/find?q=oak").text


def test_a_relay_rebuilds_what_is_begun_and_waits_where_nothing_is_left(
    app: Flask, ada: Person
) -> None:
    make_team(ada, "Forge")
    with app.app_context():
        rebuilder = Rebuilder()
        assert rebuilder.is_due()
        while rebuilder.is_due():
            rebuilder()
        assert rebuilding.unfinished() == []
        # A newer release makes words in another form; this one neither begins again nor writes over that.
        sql.execute_now(text(NEWER))
        rebuilding.begin()
        assert rebuilding.unfinished() == []
        rebuilding.begin(again=True)  # somebody has gone back to this release
        assert len(rebuilding.unfinished()) == 6
