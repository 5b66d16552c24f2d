"""Case and accents do not tell apart what people filter by, whatever the locale of the database (here it is C)."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import text

from taskforge.stores import sql
from taskforge.text.normal_form import fold, fold_for_finding
from tests.factories import Person, Team, make_task
from tests.pages import Visitor

FORMS = [
    *("Ärger", "ÄRGER", "A\u0308rger", "STRASSE", "Straße", "GROẞ", "Ödön", "Crème Brûlée", "ﬁne"),
    *(
        "ΟΔΟΣ",
        "οδός",
        "ПРИВЕТ",
        "Ёлка",
        "ØRSTED",
        "Łódź",
        "L’été",
        "“quoted”",
        "日本",
        "한국",
        "が",
        "ÇA",
        "Æon",
    ),
    *("नमस्ते", "مَرحبا", "שָׁלוֹם", "ＦＵＬＬ", "a–b", "e\u0301\u0327", "DŽ", "plain ASCII 42"),
]


@pytest.mark.parametrize("written", FORMS)
def test_database_and_python_have_the_same_forms(ada: Person, written: str) -> None:
    with ada.app.app_context():
        row = sql.row(
            text("SELECT taskforge_fold(:text) AS fold, taskforge_find(:text) AS find"),
            {"text": written},
        )
    assert row == {"fold": fold(written), "find": fold_for_finding(written)}


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Viel Ärger", "ärger"),
        ("ärger", "ÄRGER"),
        ("Die Straße", "STRASSE"),
        ("Crème brûlée", "creme"),
        ("A\u0308nderung", "änd"),
        ("Позвонить в БАНК", "банк"),
        ("Ο ΔΡΟΜΟΣ", "δρομος"),
        ("Łódź trip", "lodz"),
        ("Ada’s list", "ada's"),
        ("Søren", "SOREN"),
        ("日本へ", "日本"),
    ],
)
def test_a_filter_word_finds_any_spelling(
    ada: Person, team: Team, visitor: Visitor, title: str, typed: str
) -> None:
    task_id = make_task(ada, team, title)
    other = make_task(ada, team, "Something else")
    page = visitor.open(f"/boards/{team.board_id}?q={quote(typed)}")
    assert f"card-{task_id}" in page.html
    assert f"card-{other}" not in page.html


@pytest.mark.parametrize(
    ("first", "second"), [("Bug", "bug"), ("Ärger", "ärger"), ("СРОЧНО", "срочно"), ("Maß", "MASS")]
)
def test_tags_that_differ_in_case_are_one(
    ada: Person, team: Team, visitor: Visitor, first: str, second: str
) -> None:
    ids = [make_task(ada, team, f"Card {tag}", texts={"tags": [tag]}) for tag in (first, second)]
    third = make_task(ada, team, "Third", texts={"tags": ["other"]})
    for chosen in (first, second):
        page = visitor.open(f"/boards/{team.board_id}?tag={quote(chosen)}&tag={quote(second)}")
        assert all(f"card-{task_id}" in page.html for task_id in ids)
        assert f"card-{third}" not in page.html
    menu = visitor.open(f"/boards/{team.board_id}/filter?tag={quote(second)}")
    assert f'value="{first}"' in menu.html
    assert f'value="{second}"' not in menu.html
    lanes = visitor.open(f"/boards/{team.board_id}?lanes=tag")
    assert f'data-lane="v:{first}"' in lanes.html
    assert f'data-lane="v:{second}"' not in lanes.html
    names = visitor.client.get(f"/boards/{team.board_id}/quick-add").get_json()
    assert sorted(names["tags"]) == sorted([first, "other"])


def test_tags_with_other_accents_stay_apart(ada: Person, team: Team, visitor: Visitor) -> None:
    ids = [make_task(ada, team, tag, texts={"tags": [tag]}) for tag in ("Café", "Cafe")]
    page = visitor.open(f"/boards/{team.board_id}?tag=caf%C3%A9")
    assert f"card-{ids[0]}" in page.html
    assert f"card-{ids[1]}" not in page.html


def test_a_card_that_is_moved_within_its_lane_keeps_its_spelling(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    make_task(ada, team, "First", texts={"tags": ["Bug"]})
    task_id = make_task(ada, team, "Second", texts={"tags": ["bug"]})
    form = visitor.open(f"/tasks/{task_id}/move").form("/move")
    assert visitor.send(form, lanes="tag", lane="v:Bug").status in (200, 204, 303)
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["tags"] == ["bug"]
