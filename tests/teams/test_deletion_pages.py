"""Deleting and restoring a team in a browser without scripts, and by the API; what is left of it for others."""

from __future__ import annotations

from tests.factories import PASSWORD, Person, Team, forget_confirmation, make_person, make_task
from tests.pages import visit


def test_a_deleted_team_answers_404_and_its_links_let_nobody_in(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    team = f"/teams/{full_team.team_id}"
    wanted = {"email": "new@example.test", "role": "guest"}
    links = [
        ada.api("POST", f"{team}/invitations", wanted).get_json()["url"],
        ada.api("POST", f"{team}/join-links", {"role": "guest"}).get_json()["url"],
    ]
    assert ada.api("DELETE", team).status_code == 204
    for person in (ada, bob, gus):
        for path in (team, f"/boards/{full_team.board_id}", f"/tasks/{task_id}"):
            assert visit(person).open(path).status == 404
            assert person.api("GET", path).status_code == 404
        assert person.api("GET", "/tasks").get_json()["items"] == []
    newcomer = make_person(ada.app, "New")
    for url in links:
        path = "/" + url.split("/", 3)[3]
        page = visit(newcomer).open(path)
        assert not any(form.action.startswith(path) for form in page.forms)
    assert newcomer.api("GET", "/teams").get_json()["items"] == []


def test_a_team_is_deleted_by_typing_its_name_and_restored(
    ada: Person, bob: Person, full_team: Team
) -> None:
    path = f"/teams/{full_team.team_id}/delete"
    forget_confirmation(ada)
    visitor = visit(ada)
    assert "Teams below it stay" in visitor.open(path).text
    refused = visitor.fill(path, "/delete", name="Wep")
    assert (refused.status, "is not the name of this team" in refused.text) == (422, True)
    assert visitor.fill(path, "/delete", name="Web").location == "/teams/deleted"
    page = visitor.open("/teams/deleted")
    assert "Web" in page.text
    assert visit(bob).open("/teams/deleted").status == 200
    assert visitor.send(page.form(f"{full_team.team_id}/restore")).status == 303
    assert "is back" in visitor.open(f"/teams/{full_team.team_id}").text
    assert visit(bob).open(path).status == 403


def test_the_api_deletes_and_restores(ada: Person, bob: Person, full_team: Team) -> None:
    team = f"/teams/{full_team.team_id}"
    forget_confirmation(ada)
    assert ada.api("DELETE", team).get_json()["error"]["code"] == "confirmation_required"
    ada.api("POST", "/auth/confirm", {"password": PASSWORD})
    assert bob.api("DELETE", team).status_code == 403
    assert ada.api("DELETE", team).status_code == 204
    assert ada.api("GET", team).status_code == 404
    listed = ada.api("GET", "/teams/deleted").get_json()["items"]
    assert [(one["teamId"], one["deleterId"]) for one in listed] == [
        (full_team.team_id, ada.user_id)
    ]
    assert bob.api("POST", f"{team}/restore").status_code == 404
    assert ada.api("POST", f"{team}/restore").get_json()["name"] == "Web"
    assert bob.api("GET", team).status_code == 200
