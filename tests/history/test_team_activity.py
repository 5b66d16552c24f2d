"""The activity of a team: its events and those of the boards that the reader sees."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask

from taskforge import clock
from taskforge.admin.trash import purge_task
from taskforge.boards import board_people
from taskforge.boards import service as boards
from taskforge.mail.tokens import make_token
from taskforge.tasks import service as tasks
from taskforge.teams import service as teams
from taskforge.teams.invitations import service as invitations
from taskforge.teams.matrix import DEFAULT_MATRIX, Grant
from taskforge.teams.matrix_service import change_permissions, get_matrix
from tests.factories import Person, Team, make_task, make_team
from tests.history.team_activity import make_private_board, rename, told
from tests.pages import visit


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


def test_it_says_whose_boards_were_limited(
    app: Flask, ada: Person, gus: Person, team: Team, address: str
) -> None:
    with app.app_context():
        board_people.limit_guest(ada.actor, team.team_id, gus.user_id, board_ids=[])
    for page in (address, f"/teams/{team.team_id}"):
        assert re.search(r"changed which boards Gus \w+ sees", visit(ada).open(page).text)


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


def test_nobody_else_gets_it(ada: Person, eve: Person, team: Team, address: str) -> None:
    elsewhere = make_team(eve, name="Elsewhere")
    assert visit(eve).open(address).status == 404
    assert visit(eve).open(f"{address}/download").status == 404
    of_other = ada.api("GET", f"/teams/{team.team_id}/activity").json["items"][0]["eventId"]
    page = visit(eve).open(f"/teams/{elsewhere.team_id}/activity?before={of_other}")
    assert told(page) == []


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
