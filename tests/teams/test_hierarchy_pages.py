"""Teams below teams in a browser and by the API."""

from __future__ import annotations

from tests.factories import Person, Team, make_team
from tests.pages import visit


def test_the_edit_page_lets_the_members_of_the_parent_in(
    ada: Person, bob: Person, eve: Person, full_team: Team
) -> None:
    low = make_team(ada, "Low")
    path = f"/teams/{low.team_id}/edit"
    answer = visit(ada).fill(path, "/edit", parent_team_id=full_team.team_id, inherits_members="1")
    assert answer.status == 303
    assert bob.api("GET", f"/teams/{low.team_id}").get_json()["inheritsMembers"] is True
    page = visit(ada).open(f"/teams/{low.team_id}")
    assert "through Web" in page.text
    assert f"/members/{bob.user_id}/remove" not in page.html
    assert "Teams below" in visit(ada).open(f"/teams/{full_team.team_id}").text
    children = f"/teams/{full_team.team_id}/children"
    answer = bob.api("GET", children).get_json()
    assert [(one["name"], one["inheritsMembers"]) for one in answer["items"]] == [("Low", True)]
    assert eve.api("GET", children).status_code == 404
