"""Working through an inbox by forms without a script, by htmx, and by the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.comments.service import create_comment
from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import count_unread, list_notifications
from taskforge.notifications.service import mark_read
from taskforge.notifications.states import InboxState
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import HTMX, Form, Page, Visitor, visit

SCRIPT = {"Accept": "application/json"}
TOMORROW = timedelta(days=1)


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def card(app: Flask, ada: Person, bob: Person, team: Team) -> str:
    """A card of Bob's, of which his inbox has three lines, the latest read; a fourth is about the team."""
    made = make_task(ada, team, "Paint", assignee_id=bob.user_id)
    with app.app_context():
        for text in ("One", "Two"):
            create_comment(ada.actor, made, content=text)
        deliver()
    with app.app_context():
        mark_read(bob.actor, notification_ids=[ids(app, bob)[0]])
    return made


def ids(app: Flask, person: Person, state: InboxState = InboxState.INBOX) -> list[str]:
    with app.app_context():
        found = list_notifications(person.actor, state=state)
        return [row["notification_id"] for row in found]


def unread(app: Flask, person: Person) -> int:
    with app.app_context():
        counted = count_unread(person.user_id)
        assert counted == count_unread(person.user_id, cached=False)
        return counted


def post(
    visitor: Visitor, path: str, *, headers: dict[str, str] | None = None, **fields: str
) -> Page:
    form = Form(path, "POST", {"csrf_token": csrf_token(visitor.client), **fields})
    return visitor.send(form, headers=headers)


def test_forms_do_all_of_it_without_a_script(app: Flask, bob: Person, card: str) -> None:
    visitor = visit(bob)
    form = next(f for f in visitor.open("/inbox").forms if f.fields.get("show") == "inbox")
    base = f"/inbox/cards/{card}"
    steps = {"read": 1, "unread": 4, "archive": 1, "unarchive": 4, "unsnooze": 4}
    for action, left in steps.items():
        if action == "unsnooze":
            page = visitor.open(f"{base}/snooze")
            assert "Tomorrow morning" in page.text
            choice = next(f for f in page.forms if f.action == f"{base}/snooze")
            assert visitor.send(choice, until="tomorrow").location == "/inbox?show=inbox"
            assert len(ids(app, bob, InboxState.SNOOZED)) == 3
            assert "WEB-1 Paint" in visitor.open("/inbox?show=snoozed").text
        sent = Form(f"{base}/{action}", "POST", form.fields)
        assert visitor.send(sent).location == "/inbox?show=inbox"
        assert unread(app, bob) == left, action
    assert visitor.send(Form(f"{base}/archive", "POST", form.fields)).status == 303
    visitor.send(visitor.open("/inbox").form(f"{base}/unarchive"))  # the Undo on the toast
    assert len(ids(app, bob)) == 4


def test_a_form_with_an_odd_time_says_so(app: Flask, bob: Person, card: str) -> None:
    visitor, path = visit(bob), f"/inbox/cards/{card}/snooze"
    for until in ("", "2020-01-01T09:00", "soon", "2099-01-01T09:00"):
        page = post(visitor, path, until=until)
        assert page.status == 422
        assert "snooze-until-error" in page.html
    assert post(visitor, path, until="2020-01-01T09:00", headers=HTMX).status == 422
    later = datetime.now(UTC) + 2 * TOMORROW
    assert post(visitor, path, until=f"{later:%Y-%m-%dT%H:%M}").status == 303
    assert len(ids(app, bob, InboxState.SNOOZED)) == 3


def test_htmx_gets_the_entry_as_it_is_now_with_its_way_back(
    app: Flask, bob: Person, card: str
) -> None:
    visitor = visit(bob)
    read = post(visitor, f"/inbox/cards/{card}/read", headers=HTMX, show="unread")
    assert f'id="entry-{card}"' in read.html
    assert "inbox-entry--unread" not in read.html
    gone = post(visitor, f"/inbox/cards/{card}/archive", headers=HTMX, show="inbox")
    assert (gone.status, gone.html) == (200, "")
    assert "unarchive" in gone.answer.headers["HX-Trigger"]
    line = ids(app, bob, InboxState.ARCHIVED)[0]
    back = post(visitor, f"/inbox/{line}/unarchive", headers=SCRIPT, way="back").answer.get_json()
    assert (back["kind"], back["address"]) == ("redo", f"/inbox/{line}/archive")


def test_the_api_does_the_same(app: Flask, bob: Person, ada: Person, card: str) -> None:
    line = ids(app, bob)[1]
    path = f"/notifications/{line}"
    until = clock.now() + TOMORROW
    snoozed = bob.api("POST", f"{path}/snooze", {"until": until.isoformat()})
    assert snoozed.json["snoozedUntil"].startswith(f"{until:%Y-%m-%dT%H:%M}")
    assert snoozed.json["readAt"] is not None
    listed = bob.api("GET", "/notifications?state=snoozed").json
    assert [one["notificationId"] for one in listed["items"]] == [line]
    assert bob.api("DELETE", f"{path}/snooze").json["readAt"] is None
    assert bob.api("POST", f"{path}/archive").json["archivedAt"] is not None
    assert len(bob.api("GET", "/notifications").json["items"]) == 3
    assert bob.api("DELETE", f"{path}/archive").json["readAt"] is None
    bob.api("POST", "/notifications/read", {"notificationIds": [line]})
    assert bob.api("DELETE", f"{path}/read").json["readAt"] is None
    for body in ({}, {"until": None}, {"until": "2020-01-01"}, {"until": 7}):
        assert bob.api("POST", f"{path}/snooze", body).status_code == 422
    assert bob.api("GET", "/notifications?state=odd").status_code == 422
    assert ada.api("POST", f"{path}/archive").status_code == 404
    assert ada.api("DELETE", f"{path}/snooze").status_code == 404
