"""A team that requires two-factor log-in: who has none is kept out of it alone, and led to turning it on and back."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.boards import people, queries
from taskforge.boards.access import access_board
from taskforge.boards.explained_access import explain_access
from taskforge.errors import Conflict, NotFound
from taskforge.live.request import StreamRequest
from taskforge.search.queries import find
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks import service as tasks
from taskforge.teams import service as teams
from taskforge.teams import two_factor as service
from taskforge.web.live.access import BoardStreamSource
from tests.accounts.authenticator import set_up
from tests.audit_trail import intents, last_event, mails
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, visit
from tests.search.feeding import feed_search
from tests.teams.roles import put_below


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team; only Ada has two-factor log-in."""
    set_up(ada)
    return make_team(ada, member=bob, guest=gus)


def require(person: Person, team: Team, days: int = 0) -> None:
    with person.app.app_context():
        service.require_two_factor(person.actor, team.team_id, grace_days=days)


def test_it_is_put_on_record_and_said_to_who_has_none(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    require(ada, team, days=7)
    with app.app_context():
        event = last_event(team.team_id)
        assert (event.event, event.actor_id) == ("team.two_factor_required", ada.user_id)
        assert event.before == {"two_factor_from": None}
        assert event.after["two_factor_from"] > (clock.now() + timedelta(days=6.9)).isoformat()
        assert "two_factor_required" in intents(bob.user_id)
        assert intents(ada.user_id) == []
        told = [address for kind, address in mails() if kind == "two_factor_required"]
        assert sorted(told)[0] == bob.email
        assert ada.email not in told
    assert visit(bob).open(f"/boards/{team.board_id}").status == 200
    page = visit(ada).open(f"/teams/{team.team_id}")
    assert "requires two-factor log-in from" in page.text
    assert (
        "made two-factor log-in a must" in visit(ada).open(f"/teams/{team.team_id}/activity").text
    )


def test_until_the_day_nothing_changes_and_then_it_holds_everywhere(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Plans", assignee_id=bob.user_id)
    require(ada, team, days=7)
    with app.app_context():
        feed_search(app)
        assert find(bob.actor, "Plans").hits
        sql.execute_now(text("UPDATE teams SET two_factor_from = now() - interval '1 second'"))
        assert not find(bob.actor, "Plans").hits
        assert queries.list_boards(bob.actor) == []
        assert bob.user_id not in {row["user_id"] for row in people.list_viewers(team.board_id)}
        with pytest.raises(NotFound):
            access_board(bob.user_id, team.board_id)
        with pytest.raises(NotFound):
            tasks.move_task(bob.actor, task_id, column_id=team.columns["done"])
        source = BoardStreamSource()
        with pytest.raises(NotFound):
            source.authorise(StreamRequest(team.board_id, bob.secret, None, "localhost"))
    assert bob.api("GET", "/tasks").json["items"] == []
    assert team.board_id not in visit(bob).open("/boards").html


@pytest.mark.parametrize(
    "path",
    ["/boards/{board}", "/teams/{team}", "/tasks/{task}", "/boards/{board}/activity?who=x"],
)
def test_pages_lead_to_turning_it_on_and_back(
    ada: Person, bob: Person, eve: Person, team: Team, path: str
) -> None:
    task_id = make_task(ada, team)
    require(ada, team)
    address = path.format(board=team.board_id, team=team.team_id, task=task_id)
    visitor = visit(bob)
    page = visitor.open(address)
    assert page.status == 403
    assert "Web requires two-factor log-in" in page.text
    link = re.findall(r'href="(/profile/two-factor/setup[^"]*)"', page.html)[0]
    setup = visitor.open(link)
    assert setup.form("/setup").fields["next"] == address
    assert visitor.open(address, **HTMX).answer.headers["HX-Refresh"] == "true"
    assert visit(eve).open(address).status == 404
    set_up(bob)
    assert visit(bob).open(address).status == 200
    assert visit(bob).open(link).location == address


def test_a_program_gets_a_sentence_and_a_code(ada: Person, bob: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    require(ada, team)
    body = {"title": "T", "teamId": team.team_id, "boardId": team.board_id}
    for method, path, json in (
        ("GET", f"/boards/{team.board_id}", None),
        ("GET", f"/teams/{team.team_id}/members", None),
        ("PATCH", f"/tasks/{task_id}", {"title": "Other"}),
        ("POST", "/tasks", body),
    ):
        answer = bob.api(method, path, json)
        assert answer.status_code == 403, path
        error = answer.json["error"]
        assert error["code"] == "two_factor_required"
        assert "Turn it on in your profile" in error["message"]
    assert bob.api("GET", f"/boards/{team.columns['done']}").status_code == 404
    mine = bob.api("GET", "/teams").json["items"]
    assert [one["twoFactorFrom"] is not None for one in mine] == [True]


def test_other_teams_and_the_profile_stay_as_they_are(ada: Person, bob: Person, team: Team) -> None:
    other = make_team(bob, "Other")
    require(ada, team)
    visitor = visit(bob)
    for path in (f"/boards/{other.board_id}", "/boards", "/teams", "/profile", "/inbox"):
        assert visitor.open(path).status == 200
    assert "needs two-factor" in visitor.open("/teams").text


def test_a_private_board_stays_hidden(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    with app.app_context():
        sql.execute_now(text("UPDATE boards SET is_private = true"))
    require(ada, team)
    assert visit(bob).open(f"/boards/{team.board_id}").status == 404


def test_members_of_the_parent_need_it_in_the_team_that_requires_it(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    child = make_team(ada, "Child")
    with app.app_context():
        put_below(ada, child, team)
    assert visit(bob).open(f"/boards/{child.board_id}").status == 200
    require(ada, child)
    assert visit(bob).open(f"/boards/{child.board_id}").status == 403
    assert visit(bob).open(f"/boards/{team.board_id}").status == 200


def test_who_requires_it_must_have_it(app: Flask, bob: Person) -> None:
    team = make_team(bob)
    with app.app_context(), pytest.raises(Conflict):
        service.require_two_factor(bob.actor, team.team_id)
    page = visit(bob).open(f"/teams/{team.team_id}/two-factor")
    assert "Turn it on for yourself first" in page.text
    assert not page.has_form("/two-factor")
    set_up(bob)
    visitor = visit(bob)
    sent = visitor.fill(f"/teams/{team.team_id}/two-factor", "/two-factor", grace_days="14")
    assert sent.status == 303
    assert "required" in visitor.open(f"/teams/{team.team_id}/two-factor").text


def test_it_can_be_taken_back(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    require(ada, team)
    assert visit(bob).open(f"/teams/{team.team_id}").status == 403
    visitor = visit(ada)
    page = visitor.open(f"/teams/{team.team_id}/two-factor")
    assert "Bob" in page.text.partition("Without it")[2]
    assert visitor.send(page.form("/release")).status == 303
    assert visit(bob).open(f"/teams/{team.team_id}").status == 200
    with app.app_context():
        assert last_event(team.team_id).event == "team.two_factor_released"
        assert service.release_two_factor(ada.actor, team.team_id).event_id is None


def test_by_the_api(ada: Person, bob: Person, team: Team) -> None:
    path = f"/teams/{team.team_id}/two-factor"
    assert ada.api("GET", path).json["from"] is None
    for days in (-1, 91, "soon"):
        assert ada.api("PUT", path, {"graceDays": days}).status_code == 422
    answer = ada.api("PUT", path, {"graceDays": 0}).json
    assert answer["from"]
    assert bob.user_id in {one["userId"] for one in answer["without"]}
    assert bob.api("GET", path).status_code == 403
    assert ada.api("DELETE", path).status_code == 204
    assert ada.api("GET", path).json["from"] is None


def test_turning_ones_own_off_says_what_that_means(app: Flask, ada: Person, team: Team) -> None:
    require(ada, team)
    visitor = visit(ada)
    page = visitor.open("/profile/two-factor")
    assert "This team requires two-factor log-in: “Web”" in page.text
    unread = visitor.send(page.form("/off"), warned=None)
    assert unread.status == 409
    assert "Read first what it means" in unread.text
    refused = ada.api("DELETE", "/users/me/two-factor")
    assert refused.status_code == 409
    assert "“Web”" in refused.json["error"]["message"]
    assert visitor.open(f"/teams/{team.team_id}").status == 200
    assert visitor.send(page.form("/off")).status == 303
    assert visitor.open(f"/teams/{team.team_id}").status == 403
    set_up(ada)
    assert ada.api("DELETE", "/users/me/two-factor?anyway=true").status_code == 204


def test_explained_access_agrees_now_and_as_of_then(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    with app.app_context():
        before = clock.now()
    time.sleep(0.002)  # the log has milliseconds
    require(ada, team)
    with app.app_context():
        access = explain_access(ada.actor, team.team_id, bob.user_id)
        assert access.is_kept_out
        assert "requires two-factor log-in" in access.reason
        assert not any(one.is_held for one in access.rights)
        assert not any(one.is_seen for one in access.boards)
        past = explain_access(ada.actor, team.team_id, bob.user_id, before)
        assert not past.is_kept_out
        assert any(one.is_seen for one in past.boards)
        kept_out_at = clock.now()
    time.sleep(0.002)
    set_up(bob)
    with app.app_context():
        assert not explain_access(ada.actor, team.team_id, bob.user_id).is_kept_out
        assert explain_access(ada.actor, team.team_id, bob.user_id, kept_out_at).is_kept_out
        assert not explain_access(ada.actor, team.team_id, ada.user_id, kept_out_at).is_kept_out


def test_open_pages_of_who_is_kept_out_load_themselves_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, ada: Person, bob: Person, team: Team
) -> None:
    refreshed: set[str] = set()
    original = UnitOfWork.refresh_pages_of

    def note(self: UnitOfWork, user_ids: list[str]) -> None:
        ids = [*user_ids]
        refreshed.update(ids)
        original(self, ids)

    monkeypatch.setattr(UnitOfWork, "refresh_pages_of", note)
    require(ada, team)
    assert bob.user_id in refreshed
    assert ada.user_id not in refreshed


def test_one_who_joins_later_is_led_there_too(
    app: Flask, ada: Person, eve: Person, team: Team
) -> None:
    require(ada, team)
    with app.app_context():
        teams.add_member(ada.actor, team.team_id, role="member", user_id=eve.user_id)
    assert visit(eve).open(f"/boards/{team.board_id}").status == 403
    set_up(eve)
    assert visit(eve).open(f"/boards/{team.board_id}").status == 200
