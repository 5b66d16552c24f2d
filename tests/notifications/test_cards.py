"""The inbox by card: one entry for each, with what was said, as far as its reader may still see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from taskforge.comments.service import create_comment, delete_comment, edit_comment
from taskforge.notifications import inbox_queries, triage
from taskforge.notifications.inbox_queries import InboxEntry, list_entries, list_lines_of_card
from taskforge.notifications.jobs import deliver
from taskforge.notifications.states import InboxState
from taskforge.notifications.triage import Lines
from taskforge.tasks.service import edit_task
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, make_task, make_team
from tests.pages import visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def cards(ada: Person, bob: Person, team: Team) -> list[str]:
    return [make_task(ada, team, title, assignee_id=bob.user_id) for title in ("One", "Two")]


def inside(person: Person, act: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What a service answers that somebody calls, in a context of its own as a request has one."""
    with person.app.app_context():
        return act(person.actor, *args, **options)


def say(ada: Person, task_id: str, *texts: str) -> list[str]:
    said = [inside(ada, create_comment, task_id, content=text).entity_id for text in texts]
    with ada.app.app_context():
        deliver()
    return said


def entries(person: Person, state: InboxState = InboxState.INBOX) -> list[InboxEntry]:
    return list(inside(person, list_entries, state).entries)


def test_the_lines_of_a_card_are_one_entry_where_its_latest_is(
    ada: Person, bob: Person, cards: list[str]
) -> None:
    say(ada, cards[0], *(f"Word {number}" for number in range(5)))
    first, second, joined = entries(bob)
    assert [first.task_id, second.task_id, joined.task_id] == [*cards, None]
    assert [line["excerpt"] for line in (first.latest, *first.earlier)] == [
        "Word 4",
        "Word 3",
        "Word 2",
        "Word 1",
    ]
    assert (first.line_count, first.unread_count) == (6, 6)
    lines = inside(bob, list_lines_of_card, cards[0], InboxState.INBOX)
    assert [entry.latest["kind"] for entry in lines.entries] == ["commented"] * 5 + ["assigned"]
    page = visit(bob).open("/inbox").text
    assert "2 more, line by line" in page
    assert "Word 4" in visit(bob).open(f"/inbox/cards/{cards[0]}").text


def test_a_card_is_on_one_page_alone(
    ada: Person, bob: Person, cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(ada, cards[0], "a", "b", "c", "d")
    monkeypatch.setattr(inbox_queries, "CARDS_PER_PAGE", 1)
    found, before = [], None
    while True:
        page = inside(bob, list_entries, InboxState.INBOX, before=before)
        found += [entry.task_id for entry in page.entries]
        before = page.next_place
        if before is None:
            break
    assert found == [*cards, None]


def test_a_page_looks_at_a_bounded_number_of_lines_and_the_next_goes_on(
    ada: Person, bob: Person, cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(ada, cards[1], "a", "b", "c", "d")
    monkeypatch.setattr(inbox_queries, "MAX_SCANNED", 2)
    pages, before = [], None
    while True:
        page = inside(bob, list_entries, InboxState.INBOX, before=before)
        pages.append([entry.task_id for entry in page.entries])
        before = page.next_place
        if before is None:
            break
    assert [one for page in pages for one in page] == [cards[1], cards[0], None]
    assert len(pages) == 4


def test_an_excerpt_is_what_the_comment_says_today(
    ada: Person, bob: Person, cards: list[str]
) -> None:
    kept, gone = say(ada, cards[0], "The **old** word", "A secret")
    inside(ada, edit_comment, kept, content="> The *new*\n> [word](https://example.test)")
    inside(ada, delete_comment, gone)
    texts = [line["excerpt"] for line in (entries(bob)[0].latest, *entries(bob)[0].earlier)]
    assert texts == [None, "> The *new*\n> [word](https://example.test)", None]
    page = visit(bob).open("/inbox")
    assert "The new word" in page.text
    assert "secret" not in page.html


def test_a_card_is_named_as_it_is_today(ada: Person, bob: Person, cards: list[str]) -> None:
    say(ada, cards[0], "Hello")
    inside(ada, edit_task, cards[0], changes={"title": "Renamed"})
    assert "WEB-1 Renamed" in visit(bob).open("/inbox").text


def test_who_has_left_sees_the_words_of_before_and_no_more(
    ada: Person, bob: Person, team: Team, cards: list[str]
) -> None:
    say(ada, cards[0], "A plan")
    assert "A plan" in visit(bob).open("/inbox").text
    inside(ada, remove_member, team.team_id, bob.user_id)
    inside(ada, edit_task, cards[0], changes={"title": "Secret merger"})
    page = visit(bob).open("/inbox")
    assert "WEB-1 One You can’t see this card any more." in page.text
    assert "A plan" not in page.html
    assert "Secret" not in page.html
    assert f'href="/tasks/{cards[0]}' not in page.html


def test_a_state_shows_its_own_lines_alone(ada: Person, bob: Person, cards: list[str]) -> None:
    say(ada, cards[0], "Old")
    inside(bob, triage.archive, Lines(task_id=cards[0]))
    say(ada, cards[0], "New")
    archived, inbox = entries(bob, InboxState.ARCHIVED), entries(bob)
    assert [archived[0].latest["excerpt"], archived[0].line_count] == ["Old", 2]
    assert [inbox[0].latest["excerpt"], inbox[0].line_count] == ["New", 1]
