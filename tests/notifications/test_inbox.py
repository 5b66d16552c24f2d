"""Reading one's inbox."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.comments.service import create_comment
from taskforge.notifications.jobs import deliver_pending
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import Form, Visitor, visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def task_id(app: Flask, ada: Person, bob: Person, team: Team) -> str:
    """A task of Ada's that was given to Bob, who was told of that and of being in the team."""
    made = make_task(ada, team, "Paint it", assignee_id=bob.user_id)
    with app.app_context():
        deliver_pending()
    return made


@pytest.fixture
def visitor(bob: Person) -> Visitor:
    return visit(bob)


def test_the_inbox_says_who_did_what_latest_first(visitor: Visitor, task_id: str) -> None:
    page = visitor.open("/inbox")
    assert "WEB-1 Paint it" in page.text
    assert "assigned this card to you" in page.text
    assert page.text.index("assigned this card") < page.text.index("added you to “Web”")
    assert f'href="/tasks/{task_id}"' in page.html
    assert "2 unread" in page.text


def test_everything_is_read_at_once_and_that_is_taken_back(visitor: Visitor, task_id: str) -> None:
    assert visitor.fill("/inbox", "/inbox/read").location == "/inbox?show=inbox"
    page = visitor.open("/inbox")
    assert not page.has_form("/inbox/read")
    assert "unread" not in visitor.open("/boards").text
    visitor.send(page.form("/inbox/unread"))
    assert "2 unread" in visitor.open("/inbox").text


def test_what_is_about_no_card_is_read_when_it_is_opened(
    visitor: Visitor, task_id: str, team: Team
) -> None:
    page = visitor.open("/inbox")
    line = next(form for form in page.forms if form.action.endswith("/open"))
    assert visitor.send(line).location == f"/teams/{team.team_id}"
    assert "1 unread" in visitor.open("/inbox").text
    unread = visitor.open("/inbox?show=unread")
    assert "added you to “Web”" not in unread.text
    assert "Paint it" in unread.text


def test_a_comment_leads_to_its_place(
    app: Flask, ada: Person, bob: Person, visitor: Visitor, task_id: str
) -> None:
    with app.app_context():
        comment = create_comment(ada.actor, task_id, content=f"Look, @{bob.email}").entity_id
        deliver_pending()
    page = visitor.open("/inbox")
    assert "mentioned you in this card" in page.text
    assert "Look, @" in page.text
    assert f"/tasks/{task_id}#comment-{comment}" in page.html


@pytest.mark.parametrize("action", ["open", "read", "archive", "snooze"])
def test_nobody_touches_the_lines_of_another(
    ada: Person, visitor: Visitor, task_id: str, action: str
) -> None:
    line = next(form for form in visitor.open("/inbox").forms if form.action.endswith("/open"))
    other = visit(ada)
    assert "Paint it" not in other.open("/inbox").text
    address = line.action.replace("/open", f"/{action}")
    form = Form(address, "POST", {"csrf_token": csrf_token(other.client), "until": "tomorrow"})
    assert other.send(form).status == 404
    assert "2 unread" in visitor.open("/inbox").text


def test_a_long_inbox_comes_in_pages(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor
) -> None:
    for number in range(26):
        make_task(ada, team, f"Task {number}", assignee_id=bob.user_id)
    with app.app_context():
        deliver_pending()
    page = visitor.open("/inbox")
    assert page.html.count('<li class="inbox-entry') == 25
    after = page.html.split("after=")[1].split('"')[0]
    assert visitor.open(f"/inbox?after={after}").html.count('<li class="inbox-entry') == 2
    assert visitor.open("/inbox?after=x").status == 200


def test_an_empty_inbox_is_quiet(visitor: Visitor) -> None:
    assert "All quiet" in visitor.open("/inbox").text


def test_who_has_left_the_team_is_told_nothing_more(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor
) -> None:
    theirs = make_task(bob, team, "Old title", assignee_id=bob.user_id)
    ada.api("DELETE", f"/teams/{team.team_id}/members/{bob.user_id}")
    assert ada.api("PATCH", f"/tasks/{theirs}", {"title": "Secret merger"}).status_code == 200
    assert ada.api("PATCH", f"/tasks/{theirs}", {"status": "done"}).status_code == 200
    with app.app_context():
        deliver_pending()
    page = visitor.open("/inbox")
    assert "added you to a team" in page.text
    assert "Secret merger" not in page.html


def test_who_was_removed_reads_from_which_team_and_is_led_nowhere_in_it(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor
) -> None:
    with app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
        deliver_pending()
    page = visitor.open("/inbox")
    assert "Ada Number" in page.text
    assert "removed you from “Web”" in page.text
    newest = page.html.index("removed you from")
    assert f"/teams/{team.team_id}" not in page.html[:newest]
