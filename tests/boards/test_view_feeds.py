"""Calendar feeds of saved views: whose rights they show, what they hold, and that their address is a secret."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar, Event

from taskforge import clock
from taskforge.boards.service import delete_board
from taskforge.extensions import config_of
from taskforge.http.security_headers import FILE_POLICY
from taskforge.identity import link_tokens, view_feeds
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.views import feeds
from taskforge.tasks.views.feeds import delete_feeds
from taskforge.tasks.views.queries import list_views_of
from taskforge.teams.service import remove_member
from taskforge.web.feeds.calendar_file import calendar_file
from tests.admin.test_suspension import lift, make_site_admin, suspend
from tests.api_tokens import give_token
from tests.audit_trail import events_of
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import visit

DAY, MOMENT = date(2026, 3, 16), datetime(2026, 3, 17, 14, 30, tzinfo=UTC)


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    team = make_team(ada, member=bob)
    make_task(ada, team, "All day", due_at=DAY, assignee_id=bob.user_id)
    make_task(ada, team, "At a time", due_at=MOMENT)
    make_task(ada, team, "Some day")
    return team


def save(person: Person, team: Team, query: str = "", **more: Any) -> str:
    body = {"boardId": team.board_id, "name": "Due; soon,\\", "kind": "board", **more}
    made = person.api("POST", "/views", body | ({"query": query} if query else {}))
    return str(made.json["viewId"])


def feed_of(person: Person, view_id: str) -> str:
    made = person.api("POST", f"/views/{view_id}/feed")
    assert made.status_code == 201
    return "/" + made.json["url"].split("/", 3)[3]


def read(app: Flask, address: str, status: int = 200, **headers: str) -> Any:
    answer = app.test_client().get(address, headers=headers)
    assert answer.status_code == status
    return answer


def events(body: bytes) -> list[Event]:
    return list(Calendar.from_ical(body).walk("VEVENT"))


def test_a_feed_has_what_is_due_as_events_that_are_stable(
    app: Flask, ada: Person, team: Team
) -> None:
    address = feed_of(ada, save(ada, team))
    answer = read(app, address)
    assert rb"X-WR-CALNAME:Web: Due\; soon\,\\" in answer.data
    whole, timed = events(answer.data)
    assert (str(whole["summary"]), whole["dtstart"].dt) == ("WEB-1 All day", DAY)
    assert (str(timed["summary"]), timed["dtstart"].dt) == ("WEB-2 At a time", MOMENT)
    assert re.fullmatch(r"http\S+/tasks/[0-9a-f-]{36}", str(whole["url"]))
    assert (whole["status"], whole["transp"]) == ("CONFIRMED", "TRANSPARENT")
    assert whole["last-modified"].dt == whole["dtstamp"].dt
    headers = answer.headers
    assert headers["Content-Type"].startswith("text/calendar")
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("private, no-cache", "noindex")
    assert headers["Content-Security-Policy"] == FILE_POLICY
    assert "Set-Cookie" not in headers
    assert read(app, address, 304, If_None_Match=headers["ETag"]).data == b""
    task_id = str(whole["uid"]).partition("@")[0]
    changed = {"title": "Other", "dueDate": "2026-03-18", "status": "done"}
    assert ada.api("PATCH", f"/tasks/{task_id}", changed).status_code == 200
    again = events(read(app, address, If_None_Match=headers["ETag"]).data)[1]
    assert str(again["summary"]) == "✓ WEB-1 Other"
    assert (again["uid"], again["dtstart"].dt) == (whole["uid"], date(2026, 3, 18))
    assert again["sequence"] > whole["sequence"]


def test_a_feed_shows_what_its_person_may_see_when_it_is_read(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    view_id = save(ada, team, "q=assignee:me", isShared=True)
    hers, his = feed_of(ada, view_id), feed_of(bob, view_id)
    assert events(read(app, hers).data) == []
    assert [str(one["summary"]) for one in events(read(app, his).data)] == ["WEB-1 All day"]
    assert make_person(app, "Eve").api("POST", f"/views/{view_id}/feed").status_code == 404
    with app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    read(app, his, 404)
    read(app, hers)
    root = make_site_admin(make_person(app, "Root"))
    suspend(root, ada)
    read(app, hers, 404)
    lift(root, ada)
    read(app, hers)
    assert ada.api("GET", "/users/me").status_code == 401  # the feed is no session
    with app.app_context():
        delete_board(ada.actor, team.board_id)
    read(app, hers, 404)


def test_an_address_is_made_renewed_and_switched_off_and_is_a_secret(
    app: Flask, ada: Person, team: Team
) -> None:
    view_id, mine = save(ada, team), visit(ada)
    page = f"/views/{view_id}/feed"
    assert mine.fill(page, "/feed").status == 303
    first = shown_address(mine.open(page).html)
    assert "Due; soon,\\, on" in mine.open(f"/boards/{team.board_id}/views").html
    read(app, first)
    assert mine.fill(page, "/feed").status == 303
    second = shown_address(mine.open(page).html)
    read(app, first, 404)
    read(app, second)
    token = second.rpartition("/")[2].removesuffix(".ics")
    assert ada.api("GET", f"/views/{view_id}/feed").json["url"].endswith(second)
    with app.app_context():
        log = events_of(view_id)
        exported = str([dict(row) for row in list_views_of(ada.actor, after_id=None, limit=9)])
        row = dict(feeds.find_own_feed(ada.actor, view_id) or {})
    assert [one.event for one in log] == ["view.created", "view.feed_made", "view.feed_made"]
    assert token not in f"{log}{exported}{row}"
    assert mine.fill(page, "/feed/remove").status == 303
    read(app, second, 404)
    assert "There is no feed yet" in mine.open(page).text
    assert ada.api("GET", f"/views/{view_id}/feed").status_code == 404
    assert ada.api("DELETE", f"/views/{view_id}/feed").status_code == 404
    address = feed_of(ada, view_id)
    with app.app_context(), UnitOfWork(ada.actor, entity_id=ada.user_id, version=0) as uow:
        delete_feeds(uow, ada.user_id)
    read(app, address, 404)
    address = feed_of(ada, view_id)
    assert mine.fill(f"/boards/{team.board_id}/views", f"{view_id}/delete", htmx=True).status == 204
    read(app, address, 404)


def shown_address(html: str) -> str:
    found = re.search(r'value="http://[^/"]*(/feeds/[^"]+)"', html)
    assert found is not None
    return found[1]


def test_feeds_are_bounded(
    monkeypatch: pytest.MonkeyPatch, app: Flask, ada: Person, team: Team
) -> None:
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 1)
    monkeypatch.setattr(feeds, "MAX_FEEDS", 1)
    monkeypatch.setattr(view_feeds, "READ_PER_HOUR", 3)
    monkeypatch.setattr(view_feeds, "UNKNOWN_PER_MINUTE", 1)
    view_id = save(ada, team)
    address = feed_of(ada, view_id)
    for now, nearest in ((DAY, "WEB-1 All day"), (MOMENT + timedelta(days=9), "WEB-2 At a time")):
        with clock.frozen(datetime(now.year, now.month, now.day, tzinfo=UTC)):
            assert [str(one["summary"]) for one in events(read(app, address).data)] == [nearest]
    other = save(ada, team)
    assert ada.api("POST", f"/views/{other}/feed").status_code == 409
    assert visit(ada).fill(f"/views/{other}/feed", "/feed").status == 409
    assert feed_of(ada, view_id) != address
    read(app, feed_of(ada, view_id))
    read(app, feed_of(ada, view_id), 429)
    read(app, "/feeds/nothing.ics", 404)
    read(app, "/feeds/nothing.ics", 429)


def test_all_feeds_of_a_person_are_read_so_often_together(
    monkeypatch: pytest.MonkeyPatch, app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    monkeypatch.setattr(view_feeds, "READ_PER_HOUR_OF_PERSON", 1)
    view_id = save(ada, team, isShared=True)
    read(app, feed_of(ada, view_id))
    read(app, feed_of(ada, save(ada, team)), 429)
    read(app, feed_of(bob, view_id))


def test_feeds_of_boards_out_of_sight_take_nobody_their_room(
    monkeypatch: pytest.MonkeyPatch, app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    monkeypatch.setattr(feeds, "MAX_FEEDS", 1)
    feed_of(bob, save(ada, team, isShared=True))
    there = save(bob, make_team(bob))
    assert bob.api("POST", f"/views/{there}/feed").status_code == 409
    with app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    feed_of(bob, there)


def test_an_address_ends_with_the_key_that_it_was_made_with(
    monkeypatch: pytest.MonkeyPatch, app: Flask, ada: Person, team: Team
) -> None:
    page = f"/views/{save(ada, team)}/feed"
    address = feed_of(ada, page.split("/")[2])
    other = replace(config_of(app), secret_key=token_hex(32))
    with monkeypatch.context() as patch:
        patch.setattr(link_tokens, "config_of", lambda: other)
        read(app, address, 404)
        assert "not valid any more" in visit(ada).open(page).text
        assert ada.api("GET", page).json["url"] is None
    read(app, address)


def test_an_api_token_gets_no_address_that_outlives_it(ada: Person, team: Team) -> None:
    path = f"/views/{save(ada, team)}/feed"
    for scope, status in (("read", 403), ("write", 403), ("admin", 201)):
        assert give_token(ada, scope).api("POST", path).status_code == status
    for scope, status in (("read", 403), ("write", 403), ("admin", 200)):
        assert give_token(ada, scope).api("GET", path).status_code == status
    assert give_token(ada, "write").api("DELETE", path).status_code == 204


def test_any_text_comes_back_as_it_was_and_no_line_is_too_long() -> None:
    titles = ['a,b;c\\d \\n "q" : \'', "é" * 80, "x" * 58 + "😀" * 30, "BEGIN:VEVENT", "مرحبا"]
    hostile = ["one\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nX:1", "tab\tand\rreturn"]
    tasks = [
        {
            "task_id": f"id-{number}", "key": "TF-1", "title": title, "version": 2, "status": "todo",
            "column_name": title, "assignee_name": None, "due_at": DAY, "updated_at": MOMENT,
        }
        for number, title in enumerate([*titles, *hostile])
    ]  # fmt: skip
    body = calendar_file("N\r\nX-EVIL:1", tasks, lambda task_id: f"https://x.test/{task_id}")
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert not any(line.startswith((b"X-EVIL", b"X:1")) for line in lines)
    for line in lines:
        line.decode()  # folded between letters
    found = events(body)
    assert [str(one["summary"]) for one in found[: len(titles)]] == [
        f"TF-1 {one}" for one in titles
    ]
    assert len(found) == len(tasks)
    assert body == calendar_file("N\r\nX-EVIL:1", tasks, lambda one: f"https://x.test/{one}")
