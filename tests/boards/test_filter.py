"""The filter of a board: several values, what each would show, and addresses that make no sense."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from taskforge import clock
from taskforge.tasks.board.filters import MAX_VALUES
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import HTMX, Page, visit


@pytest.fixture
def team(same_day: None, ada: Person, bob: Person) -> Team:
    """Four cards: two of Ada's (one urgent, one late), one of Bob's, and one of nobody's."""
    team = make_team(ada, member=bob)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    make_task(ada, team, "Urgent", priority="urgent", assignee_id=ada.user_id)
    late = {"due_at": today - timedelta(days=1), "texts": {"tags": ["api", "web"]}}
    make_task(ada, team, "Late", priority="high", assignee_id=ada.user_id, **late)
    soon = {"due_at": today + timedelta(days=6), "texts": {"tags": ["api"]}}
    make_task(ada, team, "Soon", assignee_id=bob.user_id, **soon)
    make_task(ada, team, "100% nobody's")
    return team


def titles(page: Page) -> list[str]:
    return [
        unescape(title) for title in re.findall(r'class="card__title"[^>]*>([^<]*)<', page.html)
    ]


def offered(page: Page) -> dict[str, int]:
    """The values of the filter with their numbers; "*" where one is chosen."""
    rows = re.findall(
        r'<input\s+type="(?:checkbox|radio)" name="(\w+)"\s+value="([^"]+)"( checked)?>.*?'
        r'<bdi>([^<]*)</bdi></span><span class="filter__cards tabular-numbers">(\d+)',
        page.html,
        re.S,
    )
    return {
        f"{kind}:{unescape(name)}{'*' if chosen else ''}": int(cards)
        for kind, _, chosen, name, cards in rows
    }


def chips(page: Page) -> list[str]:
    return re.findall(r'filter-chip__kind">(\w+)</span> <bdi>([^<]*)<', page.html)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("priority=high&priority=urgent", ["Urgent", "Late"]),
        ("assignee={bob}&assignee=none", ["Soon", "100% nobody's"]),
        ("tag=web&tag=api", ["Late", "Soon"]),
        ("assignee={ada}&tag=api", ["Late"]),
        ("due=overdue", ["Late"]),
        ("due=week", ["Soon"]),
        ("due=none", ["Urgent", "100% nobody's"]),
        ("q=LATE", ["Late"]),
        ("q=%25", ["100% nobody's"]),
        ("q=_", []),
        ("due=someday&due=week", ["Urgent", "Late", "Soon", "100% nobody's"]),
    ],
)
def test_several_values_of_a_kind_mean_either_and_kinds_mean_both(
    ada: Person, bob: Person, team: Team, query: str, shown: list[str]
) -> None:
    address = f"/boards/{team.board_id}?{query.format(ada=ada.user_id, bob=bob.user_id)}"
    page = visit(ada).open(address)
    if "due=someday" in query:
        assert page.status == 400  # sent twice, and only lists may be
        return
    assert titles(page) == shown


def test_chips_and_addresses_name_the_lists_first(ada: Person, team: Team) -> None:
    query = f"q=e&due=week&tag=api&priority=high&assignee={ada.user_id}"
    page = visit(ada).open(f"/boards/{team.board_id}?{query}")
    assert [kind for kind, _ in chips(page)] == ["Assignee", "Priority", "Tag", "Due"]
    ordered = f"?assignee={ada.user_id}&priority=high&tag=api&due=week&q=e"
    assert f"/boards/{team.board_id}/filter{ordered}" in unescape(page.html)


def test_the_menu_says_how_many_cards_each_value_would_show(
    ada: Person, bob: Person, team: Team
) -> None:
    page = visit(ada).open(f"/boards/{team.board_id}/filter?assignee={ada.user_id}&tag=api")
    assert offered(page) == {
        "assignee:Nobody": 0,
        "assignee:Ada Number" + ada.email.split("@")[0].removeprefix("ada") + "*": 1,
        "assignee:Bob Number" + bob.email.split("@")[0].removeprefix("bob"): 1,
        "priority:Urgent": 0,
        "priority:High": 1,
        "priority:Medium": 0,
        "priority:Low": 0,
        "due:Overdue": 1,
        "due:Today": 0,
        "due:Next 7 days": 0,
        "due:No date": 0,
        "tag:api*": 1,
        "tag:web": 1,
        "estimate:0–1": 0,
        "estimate:1–3": 0,
        "estimate:3–8": 0,
        "estimate:8 or more": 0,
        "estimate:None": 1,
    }


def test_each_number_is_what_the_value_shows(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    menu = visitor.open(f"/boards/{team.board_id}/filter")
    rows = re.findall(
        r'name="(assignee|priority|due|tag)"\s+value="([^"]+)">.*?filter__cards tabular-numbers">(\d+)',
        menu.html,
        re.S,
    )
    assert len(rows) >= 10
    for kind, value, cards in rows:
        page = visitor.open(f"/boards/{team.board_id}?{kind}={value}")
        assert len(titles(page)) == int(cards), (kind, value)


def test_a_chosen_value_is_a_chip_that_leads_to_the_board_without_it(
    ada: Person, team: Team
) -> None:
    visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}?priority=high&priority=urgent&due=overdue")
    assert chips(page) == [("Priority", "High"), ("Priority", "Urgent"), ("Due", "Overdue")]
    links = [unescape(link) for link in re.findall(r'filter-chip" href="([^"]*)"', page.html)]
    assert links[0].endswith("?priority=urgent&due=overdue")
    assert chips(visitor.open(links[2])) == [("Priority", "High"), ("Priority", "Urgent")]
    assert chips(visitor.open(f"/boards/{team.board_id}")) == []


def test_mine_is_one_click_and_the_same_click_takes_it_back(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    link = f"/boards/{team.board_id}?assignee={ada.user_id}"
    assert link in visitor.open(f"/boards/{team.board_id}").html
    page = visitor.open(link)
    assert titles(page) == ["Urgent", "Late"]
    assert f'href="/boards/{team.board_id}" data-view aria-current="true"' in page.html


def test_hidden_cards_are_counted_in_their_column_with_a_way_to_show_them(
    ada: Person, team: Team
) -> None:
    make_task(ada, team, "Elsewhere", status="done")
    page = visit(ada).open(f"/boards/{team.board_id}?q=late")
    hidden = re.findall(
        r'class="column__hidden"\s+href="([^"]*)"[^>]*><span>(\d+) hidden', page.html
    )
    assert hidden == [(f"/boards/{team.board_id}", "3"), (f"/boards/{team.board_id}", "1")]


def test_a_page_that_shows_the_board_gets_the_parts_that_change(ada: Person, team: Team) -> None:
    page = visit(ada).open(f"/boards/{team.board_id}?q=late", **HTMX)
    assert "<html" not in page.html
    assert titles(page) == ["Late"]
    for part in ("board-tools", "board-chips", f"board-{team.board_id}"):
        assert f'id="{part}"' in page.html


@pytest.mark.parametrize(
    "query",
    [
        "assignee=' OR 1=1 --",
        "assignee=" + "f" * 36,
        "tag=" + "x" * 41,
        "priority=HIGH",
        "due=never",
        "q=" + "x" * 1001,
        "q=due:never",
        "q=sort:due",
        "lanes=sideways",
    ],
)
def test_what_is_no_filter_is_passed_over(ada: Person, team: Team, query: str) -> None:
    for path in ("", "/filter"):
        assert visit(ada).open(f"/boards/{team.board_id}{path}?{query}").status == 200
    assert len(titles(visit(ada).open(f"/boards/{team.board_id}?{query}"))) == 4


def test_a_filter_of_very_many_values_is_read_up_to_a_limit(ada: Person, team: Team) -> None:
    query = "&".join(f"tag=t{number}" for number in range(MAX_VALUES)) + "&tag=api"
    page = visit(ada).open(f"/boards/{team.board_id}?{query}")
    assert len(chips(page)) == MAX_VALUES
    assert titles(page) == []
    too_long = "&".join(f"tag={'x' * 40}{number}" for number in range(190))
    assert visit(ada).open(f"/boards/{team.board_id}?{too_long}").status == 413


def test_a_tag_is_text_wherever_it_is_shown(ada: Person, team: Team) -> None:
    make_task(ada, team, "Odd", texts={"tags": ["<b>&\"'"]})
    visitor = visit(ada)
    menu = visitor.open(f"/boards/{team.board_id}/filter")
    assert "<b>&" not in menu.html
    page = visitor.open(f"/boards/{team.board_id}?tag=%3Cb%3E%26%22%27")
    assert titles(page) == ["Odd"]
    assert "<b>&" not in page.html


def test_a_strangers_id_in_the_filter_tells_no_name(app: Flask, ada: Person, team: Team) -> None:
    eve = make_person(app, "Zenobia")
    for path in ("", "/filter"):
        page = visit(ada).open(f"/boards/{team.board_id}{path}?assignee={eve.user_id}")
        assert "Someone who left" in page.text
        assert "Zenobia" not in page.text
    assert visit(eve).open(f"/boards/{team.board_id}/filter").status == 404
