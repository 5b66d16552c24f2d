"""Saved views: whose they are, who changes them, what they keep, their limits, their log, and what becomes of them."""

from __future__ import annotations

import re
from html import unescape
from threading import Thread

import pytest
from flask import Flask

from taskforge.errors import Conflict
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.views import service
from taskforge.tasks.views.queries import list_views, list_views_of
from taskforge.tasks.views.service import create_view, delete_private_views
from taskforge.teams.service import add_member, remove_member
from tests.audit_trail import events_of
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import HTMX, Page, visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    team = make_team(ada, member=bob)
    make_task(ada, team, "Urgent", priority="urgent")
    make_task(ada, team, "Plain")
    return team


def names(page: Page) -> list[str]:
    return [
        unescape(name)
        for name in re.findall(r'saved-views__name".*?<bdi>([^<]*)</bdi>', page.html, re.S)
    ]


def test_a_view_is_saved_opened_renamed_and_deleted(ada: Person, bob: Person, team: Team) -> None:
    mine = visit(ada)
    shown = f"/boards/{team.board_id}/views?kind=table&priority=urgent&sort=-title&columns=due&x=1"
    form = mine.open(shown).form(f"/boards/{team.board_id}/views")
    assert form.fields["query"] == "priority=urgent&columns=due&sort=-title"
    saved = mine.send(form, name="What burns")
    opened = mine.open(mine.open(saved.location).location)
    assert re.findall(r'card__title"[^>]*>([^<]*)<', opened.html) == ["Urgent"]
    assert names(mine.open(shown)) == ["What burns"]
    assert names(visit(bob).open(shown)) == []
    assert visit(bob).open(saved.location).status == 404
    renamed = mine.fill(shown, "/rename", name="Fire")
    assert names(mine.open(renamed.location)) == ["Fire"]
    gone = mine.fill(shown, "/delete", htmx=True)
    assert gone.status == 204
    assert "forge:done" in gone.answer.headers["HX-Trigger"]
    assert names(mine.open(shown)) == []
    view_id = saved.location.rpartition("/")[2]
    with ada.app.app_context():
        log = events_of(view_id)
    assert [one.event for one in log] == ["view.created", "view.updated", "view.deleted"]
    assert "Fire" not in str(log)  # of a private view the name is its person's alone
    again = mine.open(gone.location or shown).form(f"/boards/{team.board_id}/views")
    assert mine.send(again, name=" ").status == 422
    assert mine.send(again, name="V", kind="nonsense").status == 422
    assert mine.send(again, name="V" * 61, headers=HTMX).status == 422


def test_a_shared_view_is_changed_by_who_may_change_the_board(
    ada: Person, bob: Person, team: Team
) -> None:
    guest = make_person(ada.app, "Gus")
    with ada.app.app_context():
        add_member(ada.actor, team.team_id, role="guest", user_id=guest.user_id)
    body = {"boardId": team.board_id, "name": "Ours", "kind": "board", "isShared": True}
    made = bob.api("POST", "/views", {**body, "query": "assignee=none&sort=due&lanes=tag"})
    assert (made.status_code, made.json["query"]) == (201, "assignee=none&lanes=tag")
    address = f"/views/{made.json['viewId']}"
    seen = guest.api("GET", address).json
    assert (seen["name"], seen["isOwn"], seen["isShared"]) == ("Ours", False, True)
    assert guest.api("PATCH", address, {"name": "Mine"}).status_code == 403
    assert guest.api("DELETE", address).status_code == 403
    assert guest.api("POST", "/views", body).status_code == 403
    assert guest.api("POST", "/views", {**body, "isShared": False}).status_code == 201
    assert "For everybody" not in visit(guest).open(f"/boards/{team.board_id}/views").text
    changed = ada.api("PATCH", address, {"query": "priority=high"}, If_Match="1")
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert ada.api("PATCH", address, {"name": "Late"}, If_Match="1").status_code == 409
    listed = guest.api("GET", f"/views?boardId={team.board_id}").json["items"]
    assert [one["isShared"] for one in listed] == [False, True]
    assert make_person(ada.app, "Eve").api("GET", address).status_code == 404
    assert guest.api("GET", "/views?boardId=1").status_code == 404
    for wrong in ({"kind": "chart"}, {"name": ""}, {"query": "x" * 4001}, {"boardId": "1"}):
        assert bob.api("POST", "/views", {**body, **wrong}).status_code in (404, 422), wrong
    assert ada.api("DELETE", address).status_code == 204
    with ada.app.app_context():
        last = events_of(made.json["viewId"])[-1]
    assert (last.event, last.before["name"]) == ("view.deleted", "Ours")


def test_a_saved_calendar_or_timeline_opens_at_the_present_then(ada: Person, team: Team) -> None:
    mine, views = visit(ada), f"/boards/{team.board_id}/views"
    for kind, shown, kept, hint in (
        (
            "calendar",
            "week=2024-02-29&priority=urgent",
            "priority=urgent&week=current",
            "week that",
        ),
        ("calendar", "month=2024-02", "", "month that it is then"),
        ("calendar", "week=2024-02-30", "", "month that it is then"),
        ("timeline", "from=2024-02-05&zoom=quarter", "zoom=quarter", "day that it is then"),
    ):
        page = mine.open(f"{views}?kind={kind}&{shown}")
        form = page.form(views)
        assert (form.fields["query"], hint in page.text) == (kept, True)
        opened = mine.open(mine.open(mine.send(form, name=hint).location).location)
        assert "2024" not in opened.text


def test_an_opened_view_takes_what_is_shown_and_two_who_do_so_conflict(
    ada: Person, bob: Person, team: Team
) -> None:
    body = {"boardId": team.board_id, "name": "Ours", "kind": "table", "isShared": True}
    view_id = ada.api("POST", "/views", {**body, "query": "sort=title"}).json["viewId"]
    opened = visit(ada).open(f"/views/{view_id}").location.partition("?")[2]
    list_address, change = f"/boards/{team.board_id}/views?kind=table", f"/views/{view_id}/replace"
    table = visit(ada).open(f"/boards/{team.board_id}/table?{opened}").html
    heads = re.findall(r'href="[^"]*sort=-title[^"]*"', table)
    assert heads
    assert all(opened.partition("&")[2] in head for head in heads)  # they take the view along
    assert "Save changes" not in visit(ada).open(f"{list_address}&{opened}").text
    differing = f"{list_address}&{opened.replace('sort=title', 'sort=-title')}"
    hers, his = visit(ada), visit(bob)
    mine, theirs = hers.open(differing), his.open(differing)
    assert "Save changes to “ Ours ”" in mine.text
    saved = hers.send(mine.form(change), headers=HTMX)
    assert saved.answer.headers["X-Saved-View"].startswith(view_id)
    refused = his.send(theirs.form(change), query="sort=due", headers=HTMX)
    assert (refused.status, "saving again replaces theirs" in refused.text) == (409, True)
    other = f"{list_address}&{opened.replace('sort=title', 'sort=number')}"
    assert "“ Ours ” was changed since you opened it" in his.open(other).text
    assert his.send(refused.form(change)).status == 303
    assert ada.api("GET", f"/views/{view_id}").json["query"] == "sort=due"
    back = his.open(f"/boards/{team.board_id}/table").form(change)
    assert (back.fields["query"], his.send(back).status) == ("sort=-title", 303)
    assert ada.api("PATCH", f"/views/{view_id}", {"query": "sort=title"}).status_code == 200
    assert ada.api("PATCH", f"/views/{view_id}", {"name": "Other"}).status_code == 200
    assert "What is shown differs from “ Other ”" in hers.open(other).text


def test_what_a_view_shows_has_one_longest_length_however_it_is_sent(
    ada: Person, team: Team
) -> None:
    body = {"boardId": team.board_id, "name": "Long", "kind": "board"}
    mine, fits = visit(ada), "q=" + "x" * 3998
    page = mine.open(f"/boards/{team.board_id}/views")
    for query, is_kept in ((fits, True), (f"{fits}x", False), ("q=" + "ü" * 700, False)):
        sent = page.form(f"/boards/{team.board_id}/views")
        statuses = {
            ada.api("POST", "/views", {**body, "query": query}).status_code,
            mine.send(sent, name="Long", query=query).status,
        }
        assert statuses == ({201, 303} if is_kept else {422}), query[:9]


def test_limits_hold_also_for_two_at_once(
    monkeypatch: pytest.MonkeyPatch, app: Flask, ada: Person, team: Team
) -> None:
    monkeypatch.setattr(service, "MAX_OF_PERSON", 2)
    refused = []

    def save(name: str) -> None:
        with app.app_context():
            try:
                create_view(ada.actor, team.board_id, name=name, kind="board")
            except Conflict as error:
                refused.append(error.message)

    threads = [Thread(target=save, args=(f"View {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 2
    with app.app_context():
        create_view(ada.actor, team.board_id, name="Shared", kind="board", is_shared=True)
        assert len(list_views(ada.actor)) == 3
        assert len(list_views_of(ada.actor, after_id=None, limit=10)) == 3
        with UnitOfWork(ada.actor, entity_id=ada.user_id, version=0) as uow:
            delete_private_views(uow, ada.user_id)
        assert [view["name"] for view in list_views(ada.actor)] == ["Shared"]


def test_views_of_boards_out_of_sight_take_nobody_their_room(
    monkeypatch: pytest.MonkeyPatch, app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    monkeypatch.setattr(service, "MAX_OF_PERSON", 1)
    own = make_team(bob)
    with app.app_context():
        create_view(bob.actor, team.board_id, name="Where I was", kind="board")
        with pytest.raises(Conflict):
            create_view(bob.actor, own.board_id, name="Too many", kind="board")
        remove_member(ada.actor, team.team_id, bob.user_id)
        create_view(bob.actor, own.board_id, name="Where I am", kind="board")
        assert [view["name"] for view in list_views(bob.actor)] == ["Where I am"]
