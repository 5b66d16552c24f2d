"""Looking at a team as a role or a member sees it: what they would see and nothing else, changing nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from taskforge import clock
from taskforge.accounts import session_records
from taskforge.boards import board_people, people, viewing
from taskforge.boards import service as boards
from taskforge.boards.access import access_board
from taskforge.boards.explained_access import explain_access
from taskforge.boards.queries import list_boards
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound
from taskforge.live.request import StreamRequest
from taskforge.notifications.jobs import deliver_pending
from taskforge.stores import sql, substitutes
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.board.cache import board_cache
from taskforge.teams import service as teams
from taskforge.teams.access import access_team
from taskforge.teams.permissions import ROLES
from taskforge.web.live.access import BoardStreamSource
from tests.audit_trail import events_of
from tests.factories import Person, Team, csrf_token, make_person, make_task, make_team
from tests.pages import HTMX, Visitor, visit

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def secret_board(app: Flask, ada: Person, bob: Person, team: Team) -> str:
    """A private board that names Bob."""
    with app.app_context():
        board_id = boards.create_board(ada.actor, team.team_id, name="Secret").entity_id
        row, _ = access_board(ada.user_id, board_id)
        boards.edit_board(ada.actor, board_id, version=row["version"], is_private=True)
        board_people.name_person(ada.actor, board_id, bob.user_id)
    return board_id


def look_as(person: Person, team: Team, whom: str) -> Visitor:
    """A browser of somebody who looks at the team as somebody else sees it."""
    visitor = visit(person)
    page = visitor.fill(f"/teams/{team.team_id}/view-as", "/view-as", **{"as": whom})
    assert page.status == 303, page.text
    return visitor


def test_it_shows_what_they_would_see_and_says_so(
    app: Flask, ada: Person, bob: Person, gus: Person, team: Team, secret_board: str
) -> None:
    other = make_team(ada, "Other")
    as_guest = look_as(ada, team, gus.user_id)
    page = as_guest.open(f"/teams/{team.team_id}")
    assert "You see Web as Gus" in page.text
    assert "Secret" not in page.html
    assert not page.has_form("/members/add")
    assert as_guest.open(f"/boards/{secret_board}").status == 404
    assert not as_guest.open(f"/boards/{team.board_id}").has_form("/tasks/create")
    assert as_guest.open(f"/boards/{team.board_id}/activity").status == 403
    assert as_guest.open(f"/boards/{other.board_id}").status == 404
    assert "Other" not in as_guest.open("/boards").html
    as_bob = look_as(ada, team, bob.user_id)
    assert as_bob.open(f"/boards/{secret_board}").status == 200
    as_member = look_as(ada, team, "member")
    assert "as a member sees it" in as_member.open(f"/teams/{team.team_id}").text
    assert as_member.open(f"/boards/{secret_board}").status == 404
    assert as_member.open(f"/boards/{team.board_id}/activity").status == 200
    assert visit(ada).open(f"/boards/{secret_board}").status == 200


def test_explained_access_agrees(
    app: Flask, ada: Person, bob: Person, gus: Person, team: Team, secret_board: str
) -> None:
    with app.app_context():
        board_people.limit_guest(ada.actor, team.team_id, gus.user_id, board_ids=[secret_board])
        for person in (bob, gus):
            explained = explain_access(ada.actor, team.team_id, person.user_id)
            view = viewing.View(
                team.team_id, "Web", explained.role or "", person.user_id, "Them", _later()
            )
            with substitutes.substituted(view.queries(ada.user_id)):
                membership = access_team(ada.user_id, team.team_id)
                seen = {row["board_id"] for row in list_boards(ada.actor)}
            assert set(membership.permissions) == {
                one.permission.value for one in explained.rights if one.is_held
            }
            assert (membership.role, membership.is_limited) == (
                explained.role,
                explained.is_limited,
            )
            assert seen == {one.board_id for one in explained.boards if one.is_seen}


def test_nothing_can_be_sent_by_any_route(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    visitor = look_as(ada, team, bob.user_id)
    token = csrf_token(visitor.client)
    before = _state(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("teams.end_view", "accounts.logout", "accounts.logout_everywhere"):
            continue
        for method in sorted((rule.methods or set()) & set(UNSAFE)):
            path = _path(rule, team, task_id, bob)
            is_api = path.startswith("/api/")
            answer = visitor.client.open(
                path,
                method=method,
                headers={"X-CSRFToken": token, "Sec-Fetch-Site": "same-origin"},
                json={} if is_api and method != "DELETE" else None,
                data=None if is_api else {"csrf_token": token},
            )
            quiet = rule.endpoint == "boards.seen"
            assert answer.status_code == (204 if quiet else 403), (rule.rule, answer.status_code)
            if not quiet:
                assert "can change nothing" in answer.get_data(as_text=True), rule.rule
    assert _state(app) == before


def test_the_unit_of_work_refuses_too(app: Flask, ada: Person, team: Team) -> None:
    view = viewing.View(team.team_id, "Web", "member", None, "a member", _later())
    with (
        app.app_context(),
        substitutes.substituted(view.queries(ada.user_id)),
        pytest.raises(Forbidden),
        UnitOfWork(ada.actor, entity_id=team.team_id, version=0),
    ):
        pass


def test_reading_marks_nothing_as_read_and_keeps_nothing_for_others(
    app: Flask, ada: Person, bob: Person, gus: Person, team: Team
) -> None:
    task_id = make_task(bob, team, "Read me", assignee_id=ada.user_id)
    with app.app_context():
        deliver_pending()
        board_cache.clear()
    before = _state(app)
    visitor = look_as(ada, team, gus.user_id)
    for path in (f"/boards/{team.board_id}", f"/tasks/{task_id}", f"/tasks/{task_id}/peek"):
        assert visitor.open(path, **HTMX).status == 200
    assert _state(app)[1:] == before[1:]
    assert "Ada" in visit(bob).open(f"/boards/{team.board_id}/people").html


def test_it_begins_and_ends_on_record(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    visitor = look_as(ada, team, bob.user_id)
    page = visitor.open(f"/teams/{team.team_id}")
    assert visitor.send(page.form("/view-as/end")).location == f"/teams/{team.team_id}"
    page = visitor.open(f"/teams/{team.team_id}")
    assert page.has_form("/members/add")
    assert not page.has_form("/view-as/end")
    with app.app_context():
        started, ended = events_of(team.team_id)[-2:]
    assert (started.event, ended.event) == ("team.view_started", "team.view_ended")
    assert started.after["view"]["user_id"] == ended.before["view"]["user_id"] == bob.user_id
    assert ended.after == {"view": None}
    told = visit(bob).open(f"/teams/{team.team_id}/activity").text
    assert "began to look at the team as Bob" in told


def test_it_ends_by_itself_and_with_the_session(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    visitor = look_as(ada, team, bob.user_id)
    with clock.frozen(clock.now() + viewing.LASTS + timedelta(seconds=1)):
        page = visitor.open(f"/teams/{team.team_id}")
    assert page.has_form("/members/add")
    other = look_as(ada, team, bob.user_id)
    assert other.send(other.open("/boards").form("/logout")).status == 303
    assert other.open("/boards").location.startswith("/login")


def test_who_is_no_admin_any_more_sees_nothing(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    visitor = look_as(ada, team, bob.user_id)
    with app.app_context():
        teams.change_role(ada.actor, team.team_id, bob.user_id, role="admin")
        teams.change_role(bob.actor, team.team_id, ada.user_id, role="member")
    assert visitor.open(f"/teams/{team.team_id}").status == 404
    assert visitor.open("/boards").has_form("/view-as/end")


def test_what_they_lose_is_lost_for_the_view_too(
    app: Flask, ada: Person, bob: Person, team: Team, secret_board: str
) -> None:
    visitor = look_as(ada, team, bob.user_id)
    assert visitor.open(f"/boards/{secret_board}").status == 200
    with app.app_context():
        board_people.unname_person(ada.actor, secret_board, bob.user_id)
    assert visitor.open(f"/boards/{secret_board}").status == 404


def test_only_admins_look_and_only_at_people_of_the_team(
    app: Flask, ada: Person, bob: Person, eve: Person, team: Team
) -> None:
    browsing = Actor(user_id=ada.user_id, session_id=_browser_session(app, ada))
    with app.app_context():
        with pytest.raises(Forbidden):
            viewing.start_view(bob.actor, team.team_id, as_whom="guest")
        with pytest.raises(NotFound):
            viewing.start_view(eve.actor, team.team_id, as_whom="guest")
        with pytest.raises(NotFound):
            viewing.start_view(browsing, team.team_id, as_whom=eve.user_id)
        with pytest.raises(Conflict):
            viewing.start_view(browsing, team.team_id, as_whom=ada.user_id)
        with pytest.raises(InvalidInput):
            viewing.start_view(browsing, team.team_id, as_whom="owner' OR true --")
        with pytest.raises(Conflict):  # a program's session
            viewing.start_view(ada.actor, team.team_id, as_whom="guest")
        for role in ROLES:
            viewing.start_view(browsing, team.team_id, as_whom=role)
    assert visit(bob).open(f"/teams/{team.team_id}/view-as").status == 403
    assert "View as" not in visit(bob).open(f"/teams/{team.team_id}").text


def test_streams_follow_the_view_and_show_nobody_as_present(
    app: Flask, ada: Person, bob: Person, team: Team, secret_board: str
) -> None:
    source, secret = BoardStreamSource(), "view".ljust(43, "x")
    with app.app_context():
        session_id = session_records.open_session(ada.user_id, secret, kind="browser")
        own = StreamRequest(secret_board, secret, None, "localhost")
        assert source.authorise(own).is_present
        actor = Actor(user_id=ada.user_id, session_id=session_id)
        viewing.start_view(actor, team.team_id, as_whom="member")
        with pytest.raises(NotFound):
            source.authorise(own)
        open_to_all = StreamRequest(team.board_id, secret, None, "localhost")
        assert not source.authorise(open_to_all).is_present
        assert not substitutes.are_set()
        assert ada.user_id in {row["user_id"] for row in people.list_viewers(secret_board)}


def _later() -> str:
    return (clock.now() + timedelta(minutes=5)).isoformat()


def _browser_session(app: Flask, person: Person) -> str:
    with app.app_context():
        secret = make_person(app, "Spare").secret[::-1]
        return session_records.open_session(person.user_id, secret, kind="browser")


def _state(app: Flask) -> list[object]:
    """How often everything was changed; notifications that are unread, and what was seen of boards."""
    statements = (
        "SELECT count(*) FROM audit_logs WHERE event NOT LIKE 'user.%' AND event NOT LIKE 'team.view_%'",
        "SELECT count(*) FROM notifications WHERE read_at IS NULL",
        "SELECT array_agg((user_id, board_id, seen_seq) ORDER BY user_id, board_id)::text FROM board_view_preferences",
    )
    with app.app_context():
        return [sql.scalar(text(statement)) for statement in statements]


def _path(rule: Rule, team: Team, task_id: str, person: Person) -> str:
    known = {
        "team_id": team.team_id,
        "board_id": team.board_id,
        "column_id": team.columns["todo"],
        "task_id": task_id,
        "user_id": person.user_id,
        "field": "title",
        "role": "member",
        "token": "x" * 43,
    }
    values = {name: known.get(name, task_id) for name in rule.arguments}
    path = rule.rule
    for name, value in values.items():
        path = "/".join(
            value if part.endswith(f":{name}>") or part == f"<{name}>" else part
            for part in path.split("/")
        )
    return path
