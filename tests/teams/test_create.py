"""Creating and editing teams in a browser."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.factories import Person, make_team
from tests.pages import Visitor, visit


def test_a_new_team_comes_with_a_board_and_leads_to_it(visitor: Visitor) -> None:
    answer = visitor.fill("/teams", "/teams/create", name="Web", description="We weave.")
    assert answer.status == 303
    board = visitor.open(answer.location)
    assert all(name in board.text for name in ("Backlog", "To do", "In progress", "Done"))
    assert "We weave." in visitor.open("/teams").text


def test_a_team_needs_a_name_and_what_was_typed_stays(visitor: Visitor) -> None:
    page = visitor.fill("/teams", "/teams/create", name=" ", description="We weave.")
    assert page.status == 422
    assert "Name is required." in page.text
    assert page.form("/teams/create").fields["description"] == "We weave."
    assert "No team yet" in visitor.open("/teams").text


def test_a_team_form_that_is_sent_twice_makes_one_team(visitor: Visitor) -> None:
    form = visitor.open("/teams").form("/teams/create")
    first, again = visitor.send(form, name="Web"), visitor.send(form, name="Web")
    assert first.location == again.location
    assert visitor.open("/teams").html.count('class="row row--link"') == 1


def test_a_team_can_belong_to_another_of_ones_own_only(ada: Person, eve: Person) -> None:
    team, foreign = make_team(ada, "Parents"), make_team(eve, "Foreign")
    visitor = visit(ada)
    visitor.fill("/teams", "/teams/create", name="Child", parent_team_id=team.team_id)
    assert "Parents /" in visitor.open("/teams").text
    page = visitor.fill("/teams", "/teams/create", name="Child", parent_team_id=foreign.team_id)
    assert page.status == 422
    assert "Parent team must be a team that you may edit." in page.text


def test_an_admin_edits_the_team(ada: Person) -> None:
    team = make_team(ada)
    visitor = visit(ada)
    answer = visitor.fill(f"/teams/{team.team_id}/edit", "/edit", name="Webbers")
    assert answer.location == f"/teams/{team.team_id}"
    assert "Webbers" in visitor.open(answer.location).text


def test_an_old_form_says_that_somebody_was_faster(ada: Person) -> None:
    path = f"/teams/{make_team(ada).team_id}/edit"
    visitor = visit(ada)
    old = visitor.open(path).form("/edit")
    visitor.fill(path, "/edit", name="Theirs")
    page = visitor.send(old, name="Mine")
    assert page.status == 409
    assert "changed the name" in page.text
    assert page.form("/edit").fields["name"] == "Mine"
    assert visitor.send(page.form("/edit")).status == 303


def test_a_member_may_not_edit_the_team_and_a_parent_stays_hidden(ada: Person, bob: Person) -> None:
    parent = make_team(ada, "Secret parents")
    team = make_team(ada, member=bob)
    visit(ada).fill(f"/teams/{team.team_id}/edit", "/edit", parent_team_id=parent.team_id)
    visitor = visit(bob)
    page = visitor.open(f"/teams/{team.team_id}")
    assert "Secret parents" not in page.text
    assert not page.has_form("/members/add")
    assert visitor.open(f"/teams/{team.team_id}/edit").status == 403


def test_an_outsider_learns_nothing_of_a_team(ada: Person, eve: Person) -> None:
    team = make_team(ada)
    visitor = visit(eve)
    unknown = "01890000-0000-7000-8000-000000000000"
    foreign, missing = visitor.open(f"/teams/{team.team_id}"), visitor.open(f"/teams/{unknown}")
    assert foreign.status == missing.status == 404
    assert "Web" not in foreign.text
    assert visitor.open(f"/teams/{team.team_id.upper()}").status == 404


def test_a_visitor_is_asked_to_log_in(client: FlaskClient) -> None:
    assert Visitor(client).open("/teams").location == "/login?next=/teams"
    assert client.get("/teams/create").status_code == 405
