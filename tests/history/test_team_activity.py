"""The activity of a team: its events and those of the boards that the reader sees, filtered, in pages, as files."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from taskforge import clock
from taskforge.admin.trash import purge_task
from taskforge.boards import board_people
from taskforge.boards import service as boards
from taskforge.boards.access import access_board
from taskforge.mail.tokens import make_token
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.tasks import service as tasks
from taskforge.teams import service as teams
from taskforge.teams.invitations import service as invitations
from taskforge.teams.matrix import DEFAULT_MATRIX, Grant
from taskforge.teams.matrix_service import change_permissions, get_matrix
from tests.factories import Person, Team, make_task, make_team
from tests.pages import Page, visit

ENTRY = re.compile(r'<li class="timeline__entry".*?</li>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def address(team: Team) -> str:
    return f"/teams/{team.team_id}/activity"


def told(page: Page) -> list[str]:
    """What a page lists, from the top: name, sentence and details."""
    texts = [TAG.sub(" ", entry.partition("<strong>")[2]) for entry in ENTRY.findall(page.html)]
    return [re.sub(r"\s+", " ", text).strip() for text in texts]


def rename(app: Flask, person: Person, board_id: str, name: str) -> None:
    with app.app_context():
        row, _ = access_board(person.user_id, board_id)
        boards.edit_board(person.actor, board_id, version=row["version"], name=name)


def make_private_board(app: Flask, admin: Person, team: Team, name: str = "Secret") -> str:
    with app.app_context():
        board_id = boards.create_board(admin.actor, team.team_id, name=name).entity_id
        row, _ = access_board(admin.user_id, board_id)
        boards.edit_board(admin.actor, board_id, version=row["version"], is_private=True)
    return board_id


def test_it_tells_of_the_team_and_of_its_boards_with_details(
    app: Flask, ada: Person, bob: Person, team: Team, address: str
) -> None:
    task_id = make_task(ada, team, "Saw")
    with app.app_context():
        tasks.edit_task(bob.actor, task_id, changes={"title": "Saw it", "assignee_id": ada.user_id})
        teams.change_role(ada.actor, team.team_id, bob.user_id, role="guest")
        teams.edit_team(ada.actor, team.team_id, version=4, changes={"description": "We build"})
    newest = told(visit(ada).open(address))
    assert "changed the team" in newest[0]
    assert "Description nothing became We build" in newest[0]
    assert re.search(r"made Bob \w+ a guest", newest[1])
    assert re.search(r"Bob \w+ member became guest", newest[1])
    assert "changed the title and the assignee of WEB-1" in newest[2]
    assert "Title Saw became Saw it" in newest[2]
    assert re.search(r"Assignee nothing became Ada", newest[2])
    assert "made the team" in newest[-1] or "created the board" in newest[-1]


def test_a_board_that_one_does_not_see_leaves_no_trace(
    app: Flask, ada: Person, bob: Person, team: Team, address: str
) -> None:
    board_id = make_private_board(app, ada, team)
    rename(app, ada, board_id, "Very secret")
    assert "ecret" in visit(ada).open(address).html
    for path in (address, f"{address}?board={board_id}", f"{address}?entity={board_id}"):
        page = visit(bob).open(path)
        assert page.status == 200
        assert "ecret" not in page.html
    for kind in ("csv", "json"):
        answer = visit(bob).open(f"{address}/download?format={kind}").answer
        assert "ecret" not in answer.get_data(as_text=True)
    assert board_id not in bob.api("GET", f"/teams/{team.team_id}/activity").get_data(as_text=True)
    with app.app_context():
        board_people.name_person(ada.actor, board_id, bob.user_id)
    assert "Very secret" in visit(bob).open(address).html


def test_a_limited_guest_who_may_read_it_reads_of_their_boards_alone(
    app: Flask, ada: Person, gus: Person, team: Team, address: str
) -> None:
    assert visit(gus).open(address).status == 403
    with app.app_context():
        version = get_matrix(ada.actor, team.team_id).version
        grants = DEFAULT_MATRIX | {Grant("guest", "board.activity")}
        change_permissions(ada.actor, team.team_id, version=version, grants=grants)
        mine = boards.create_board(ada.actor, team.team_id, name="For guests").entity_id
        other = boards.create_board(ada.actor, team.team_id, name="Of members").entity_id
        board_people.limit_guest(ada.actor, team.team_id, gus.user_id, board_ids=[mine])
    make_task(ada, team, "Hidden work")
    html = visit(gus).open(address).html
    assert "For guests" in html
    assert "Of members" not in html
    assert "Hidden work" not in html
    assert other not in html


def test_who_was_invited_is_for_those_who_manage_members(
    app: Flask, ada: Person, bob: Person, team: Team, address: str
) -> None:
    with app.app_context():
        invitations.invite_person(
            ada.actor,
            team.team_id,
            token=make_token(),
            role="member",
            per_day=5,
            email="new@example.test",
        )
    assert "new@example.test" in visit(ada).open(address).html
    assert "new@example.test" not in visit(bob).open(address).html
    assert not told(visit(bob).open(f"{address}?what=team.invitation_sent"))


def test_from_where_it_was_done_is_for_admins(
    app: Flask, ada: Person, bob: Person, team: Team, address: str
) -> None:
    browser = visit(bob)
    browser.fill(
        f"/boards/{team.board_id}",
        f"/boards/{team.board_id}/tasks/create",
        title="From afar",
    )
    assert "127.0.0.1" in visit(ada).open(address).html
    assert "127.0.0.1" not in visit(bob).open(address).html
    of_ada = ada.api("GET", f"/teams/{team.team_id}/activity").json["items"][0]
    of_bob = bob.api("GET", f"/teams/{team.team_id}/activity").json["items"][0]
    assert of_ada["ipAddress"] == "127.0.0.1"
    assert "ipAddress" not in of_bob
    assert "userAgent" not in of_bob
    head = visit(bob).open(f"{address}/download").answer.get_data(as_text=True).split("\r\n")[0]
    assert "Address" not in head


def test_each_part_of_the_filter_leaves_out_the_rest(
    app: Flask, ada: Person, bob: Person, team: Team, address: str
) -> None:
    first = make_task(ada, team, "One")
    make_task(bob, team, "Two")
    with app.app_context():
        other = boards.create_board(ada.actor, team.team_id, name="Other").entity_id
        tasks.create_task(ada.actor, board_id=other, title="Three")
        tasks.delete_task(ada.actor, first)
    browser = visit(ada)

    def found(query: str) -> list[str]:
        return told(browser.open(f"{address}?{query}"))

    assert [line.split()[0] for line in found(f"who={bob.user_id}")] == ["Bob"]
    assert len(found("what=task.created")) == 3
    assert len(found("entity=task")) == 4
    assert len(found(f"entity={first}")) == 2
    assert len(found(f"board={other}&entity=task")) == 1
    assert len(found("from=2020-01-01&to=2020-02-01")) == 0
    assert len(found("from=2020-01-01&what=task.deleted")) == 1
    page = browser.open(f"{address}?what=task.deleted&board={team.board_id}&from=2020-01-01")
    form = page.form("/activity")
    assert form.fields["what"] == "task.deleted"
    assert form.fields["board"] == team.board_id
    assert form.fields["from"] == "2020-01-01"
    assert "No change matches this filter" in browser.open(f"{address}?to=2020-02-01").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=yesterday", "From must be a day like 2026-12-24"),
        ("to=2024-02-30", "To is not a day of the calendar"),
        ("from=2024-03-01&to=2024-02-01", "To must not be before the beginning"),
        ("what=task.exploded", "What is not one of the choices"),
        ("entity=everything", "Entity must be team, board, task or comment"),
    ],
)
def test_what_is_no_filter_is_said_and_kept(
    ada: Person, address: str, query: str, sentence: str
) -> None:
    page = visit(ada).open(f"{address}?{query}")
    assert page.status == 422
    assert sentence in page.text
    if query.startswith("from=2024"):
        assert page.form("/activity").fields["from"] == "2024-03-01"
    answer = ada.api("GET", f"{address}?{query}")
    assert answer.status_code == 422


def test_what_names_nobody_filters_nothing_and_a_bad_place_is_refused(
    ada: Person, address: str
) -> None:
    everything = told(visit(ada).open(address))
    assert told(visit(ada).open(f"{address}?who=nobody&board=none")) == everything
    assert visit(ada).open(f"{address}?before=7").status == 422
    assert visit(ada).open(f"{address}?after=x").status == 422


def test_it_comes_in_pages_both_ways_without_gap_or_repetition(
    ada: Person, team: Team, address: str
) -> None:
    for number in range(120):
        make_task(ada, team, f"Card {number}")
    browser, seen = visit(ada), []

    def walk(start: str, link: str) -> list[list[str]]:
        pages, following = [], start
        while following:
            page = browser.open(following)
            pages.append(re.findall(r"added (WEB-\d+) to Backlog", page.html))
            found = re.search(rf'<a class="button" href="([^"]+)">{link}</a>', page.html)
            following = found[1].replace("&amp;", "&") if found else ""
            seen.append(page)
        return pages

    forth = walk(f"{address}?what=task.created", "Earlier")
    assert [*chain(*forth)] == [f"WEB-{number}" for number in range(120, 0, -1)]
    back = walk(seen[-1].answer.request.full_path, "Later")
    assert [*dict.fromkeys(chain(*back[::-1]))] == [*chain(*forth)]
    assert parse_qs(urlsplit(seen[1].answer.request.full_path).query)["what"] == ["task.created"]


def test_the_same_pages_by_the_api(ada: Person, team: Team) -> None:
    for number in range(5):
        make_task(ada, team, f"Card {number}")
    path = f"/teams/{team.team_id}/activity?limit=2&what=task.created"
    first = ada.api("GET", path).json
    second = ada.api("GET", f"{path}&cursor={first['nextCursor']}").json
    assert first["previousCursor"] is None
    assert [one["summary"][:11] for one in (*first["items"], *second["items"])] == [
        f"added WEB-{number}" for number in (5, 4, 3, 2)
    ]
    again = ada.api("GET", f"{path}&cursor={second['previousCursor']}").json
    assert again["items"] == first["items"]
    entry = first["items"][0]
    assert entry["actor"]["userId"] == ada.user_id
    assert entry["boardName"]
    assert {"field": "Title", "before": None, "after": "Card 4"} in entry["changes"]
    assert ada.api("GET", f"{path}&cursor=bm9uc2Vuc2U").status_code == 422


def test_nobody_else_gets_it(ada: Person, eve: Person, team: Team, address: str) -> None:
    elsewhere = make_team(eve, name="Elsewhere")
    assert visit(eve).open(address).status == 404
    assert visit(eve).open(f"{address}/download").status == 404
    of_other = ada.api("GET", f"/teams/{team.team_id}/activity").json["items"][0]["eventId"]
    page = visit(eve).open(f"/teams/{elsewhere.team_id}/activity?before={of_other}")
    assert told(page) == []


def test_the_file_has_what_the_filter_leaves_and_no_formula(
    app: Flask, ada: Person, team: Team, address: str
) -> None:
    make_task(ada, team, '=HYPERLINK("http://example.test")')
    rename(app, ada, team.board_id, "+1, @us")
    answer = visit(ada).open(f"{address}/download?format=csv&board={team.board_id}").answer
    assert answer.mimetype == "text/csv"
    assert 'filename="activity.csv"' in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:7] == ["Time (UTC)", "Person", "What", "Event", "Thing", "Board", "Changes"]
    assert all(row[5] == "'+1, @us" for row in rows[1:])
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert len(rows) == 1 + len(told(visit(ada).open(f"{address}?board={team.board_id}")))


def test_the_file_is_in_the_zone_of_the_reader_and_noted(
    app: Flask, ada: Person, team: Team, address: str
) -> None:
    browser = visit(ada)
    browser.client.set_cookie("zone", "Asia/Kolkata")
    found = json.loads(browser.open(f"{address}/download?format=json").answer.get_data())
    assert all(one["at"].endswith("+05:30") for one in found["items"])
    assert found["items"][-1]["event"] in ("team.created", "board.created")
    line = browser.open(f"{address}/download").answer.get_data(as_text=True)
    assert line.startswith("\ufeffTime (Asia/Kolkata)")
    assert visit(ada).open(f"{address}/download?format=xls").status == 422
    assert visit(ada).open(f"{address}/download?from=soon").status == 422
    with app.app_context():
        waiting = queues.queue(queues.AUDIT, redis_client()).jobs
    noted = [job.args[0] for job in waiting if job.func_name == queues.WRITE_SECURITY_EVENT]
    assert [(one["event"], one["new_state"]) for one in noted] == [
        ("user.activity_downloaded", {"team_id": team.team_id, "format": kind})
        for kind in ("json", "csv")
    ]


def test_a_long_file_is_read_in_pages_and_bounded(
    monkeypatch: pytest.MonkeyPatch, ada: Person, team: Team, address: str
) -> None:
    monkeypatch.setattr("taskforge.history.activity.DOWNLOAD_PAGE", 4)
    monkeypatch.setattr("taskforge.history.activity.MAX_DOWNLOADED", 12)
    for number in range(20):
        make_task(ada, team, f"Card {number}")
    text = visit(ada).open(f"{address}/download").answer.get_data(as_text=True)
    assert re.findall(r"added (WEB-\d+)", text) == [f"WEB-{number}" for number in range(20, 8, -1)]


def test_the_page_of_a_board_has_the_filter_too(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    first = make_task(ada, team, "One")
    make_task(bob, team, "Two")
    with app.app_context():
        tasks.delete_task(ada.actor, first)
    path = f"/boards/{team.board_id}/activity"
    assert len(told(visit(bob).open(f"{path}?what=task.created"))) == 2
    assert len(told(visit(bob).open(f"{path}?what=task.created&who={bob.user_id}"))) == 1
    assert len(told(visit(bob).open(f"{path}?entity=board"))) == 1
    assert visit(bob).open(f"{path}?to=never").status == 422
    assert "Title nothing became Two" in visit(bob).open(path).text
    assert not visit(bob).open(path).has_form("/download")


def test_the_page_of_the_team_leads_there_for_who_may(
    ada: Person, bob: Person, gus: Person, team: Team, address: str
) -> None:
    for person, leads in ((ada, True), (bob, True), (gus, False)):
        assert (f'href="{address}"' in visit(person).open(f"/teams/{team.team_id}").html) is leads


def test_a_card_that_is_gone_for_good_is_named_no_more(
    app: Flask, ada: Person, team: Team, address: str
) -> None:
    task_id = make_task(ada, team, "Unspeakable")
    with app.app_context():
        tasks.delete_task(ada.actor, task_id)
        purge_task(task_id, team.board_id, deleted_before=clock.now() + timedelta(days=1))
    html = visit(ada).open(address).html
    assert "Unspeakable" not in html
    assert "a card that was deleted for good since" in html
