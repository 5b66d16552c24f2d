"""Removing, taking back, leaving and handing over, in a browser without scripts and by the API."""

from __future__ import annotations

from tests.factories import Person, Team, make_task
from tests.pages import visit


def test_a_person_is_removed_with_their_cards_and_taken_back(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    visitor = visit(ada)
    path = f"/teams/{full_team.team_id}/members/{bob.user_id}/remove"
    assert f'{path}"' in visitor.open(f"/teams/{full_team.team_id}").html
    page = visitor.open(path)
    assert "The open cards (1)" in page.text
    assert "is told of it" in page.text
    answer = visitor.fill(path, "/remove", hand_over_to=gus.user_id)
    assert answer.status == 303
    page = visitor.open(f"/teams/{full_team.team_id}")
    assert "1 card handed over" in page.text
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["assigneeId"] == gus.user_id
    assert page.has_form(f"/members/{bob.user_id}/restore")
    removed = f"/teams/{full_team.team_id}/members/removed"
    form = visitor.open(removed).form(f"/members/{bob.user_id}/restore")
    assert visitor.send(form).status == 303
    page = visitor.open(f"/teams/{full_team.team_id}")
    assert "is back. 1 card handed back." in page.text
    assert "Nobody was removed" in visitor.open(removed).text
    assert visit(gus).open(removed).status == 403
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["assigneeId"] == bob.user_id
    assert "took the removal of Bob" in page.text


def test_the_last_admin_reads_what_to_do_before_leaving(ada: Person, full_team: Team) -> None:
    page = visit(ada).open(f"/teams/{full_team.team_id}/leave")
    assert "a team needs one" in page.text
    assert f"/teams/{full_team.team_id}/transfer" in page.html
    assert not page.has_form("/leave")
    answer = ada.api("POST", f"/teams/{full_team.team_id}/leave", {})
    assert answer.status_code == 409
    assert "Make somebody else an admin first" in answer.get_json()["error"]["message"]


def test_a_member_leaves_and_hands_their_cards_over(
    ada: Person, bob: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    path = f"/teams/{full_team.team_id}/leave"
    visitor = visit(bob)
    assert "you need an invitation" in visitor.open(path).text
    assert visitor.fill(path, "/leave", hand_over_to=ada.user_id).status == 303
    assert bob.api("GET", f"/teams/{full_team.team_id}").status_code == 404
    removed = visit(ada).open(f"/teams/{full_team.team_id}/members/removed")
    assert "Nobody was removed" in removed.text  # who left is not taken back
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["assigneeId"] == ada.user_id


def test_a_guest_leaves_and_their_cards_stay(ada: Person, gus: Person, full_team: Team) -> None:
    task_id = make_task(ada, full_team, assignee_id=gus.user_id)
    path = f"/teams/{full_team.team_id}/leave"
    assert "stay assigned to you" in visit(gus).open(path).text
    refused = gus.api("POST", f"/teams/{full_team.team_id}/leave", {"handOverTo": ada.user_id})
    assert refused.status_code == 403
    assert gus.api("POST", f"/teams/{full_team.team_id}/leave", {}).status_code == 204
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["assigneeId"] == gus.user_id


def test_a_team_is_handed_over(ada: Person, bob: Person, full_team: Team) -> None:
    path = f"/teams/{full_team.team_id}/transfer"
    visitor = visit(ada)
    assert visitor.fill(path, "/transfer", user_id=bob.user_id, role="member").status == 303
    page = visitor.open(f"/teams/{full_team.team_id}")
    assert "is an admin of the team now, and you are a member" in page.text
    assert visitor.open(path).status == 403
    assert "handed the team over to Bob" in visit(bob).open(f"/teams/{full_team.team_id}").text


def test_the_api_hands_over_and_back(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    member = f"/teams/{full_team.team_id}/members/{bob.user_id}"
    refused = ada.api("DELETE", f"{member}?handOverTo={eve.user_id}")
    assert (refused.status_code, "handOverTo" in refused.get_json()["error"]["fields"]) == (
        422,
        True,
    )
    assert ada.api("DELETE", f"{member}?handOverTo=everybody").status_code == 422
    assert ada.api("DELETE", f"{member}?handOverTo=nobody").status_code == 204
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["assigneeId"] is None
    answer = ada.api("POST", f"{member}/restore").get_json()
    assert (answer["role"], answer["taskCount"], answer["refused"]) == ("member", 1, [])
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["assigneeId"] == bob.user_id
    assert ada.api("POST", f"{member}/restore").status_code == 409
    for person, status in ((bob, 403), (gus, 403), (eve, 404)):
        assert person.api("POST", f"{member}/restore").status_code == status
    answer = ada.api("POST", f"/teams/{full_team.team_id}/transfer", {"userId": bob.user_id})
    assert {one["userId"]: one["role"] for one in answer.get_json()["items"]} == {
        ada.user_id: "member",
        bob.user_id: "admin",
        gus.user_id: "guest",
    }
