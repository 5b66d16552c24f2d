"""Archived boards and teams in a browser without scripts, and by the API."""

from __future__ import annotations

from tests.factories import Person, Team, make_task
from tests.pages import visit


def test_pages_say_why_and_show_no_controls(ada: Person, bob: Person, full_team: Team) -> None:
    task_id = make_task(ada, full_team)
    board = f"/boards/{full_team.board_id}"
    settings = f"{board}/settings"
    assert visit(ada).fill(settings, f"{board}/archive").status == 303
    page = visit(bob).open(board)
    assert "This board is archived: it can be read, but not changed." in page.text
    assert not page.has_form("/tasks/create")
    assert not page.has_form("/unarchive")
    assert "board can-" not in page.html
    assert "Write the report" in page.text
    page = visit(bob).open(f"/tasks/{task_id}")
    assert "This card is in an archive" in page.text
    assert not page.has_form("/comments/create")
    refused = visit(bob).open(f"{board}/settings")
    assert refused.status == 409
    assert "archived" in refused.text
    visitor = visit(ada)
    assert "Write the report" in visitor.open(board).text
    assert visitor.open("/teams/archived").has_form(f"{board}/unarchive")
    assert visitor.fill(board, f"{board}/unarchive").status == 303
    assert visitor.open(board).has_form("/tasks/create")
    assert ada.api("GET", board).get_json()["archivedAt"] is None


def test_a_team_is_archived_from_its_page(ada: Person, bob: Person, full_team: Team) -> None:
    path = f"/teams/{full_team.team_id}"
    visitor = visit(ada)
    assert visitor.fill(path, f"{path}/archive").status == 303
    page = visitor.open(path)
    assert "This team is archived" in page.text
    assert not page.has_form("/members/add")
    assert "Web" not in visitor.open("/boards").text
    assert (
        "The team of this board is archived"
        in visit(bob).open(f"/boards/{full_team.board_id}").text
    )
    assert visitor.open("/teams/archived").has_form(f"{path}/unarchive")
    assert visitor.fill(path, f"{path}/unarchive").status == 303
    assert visitor.open(path).has_form("/members/add")


def test_the_api_archives_and_lists(ada: Person, bob: Person, eve: Person, full_team: Team) -> None:
    board = f"/boards/{full_team.board_id}"
    assert bob.api("POST", f"{board}/archive").status_code == 403
    assert ada.api("POST", f"{board}/archive").get_json()["archivedAt"] is not None
    answer = ada.api(
        "POST", "/tasks", {"title": "T", "teamId": full_team.team_id, "boardId": full_team.board_id}
    )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "archived")
    assert [one["boardId"] for one in bob.api("GET", "/boards/archived").get_json()["items"]] == [
        full_team.board_id
    ]
    assert eve.api("GET", "/boards/archived").get_json()["items"] == []
    assert ada.api("DELETE", f"{board}/archive").status_code == 204
    team = f"/teams/{full_team.team_id}"
    assert ada.api("POST", f"{team}/archive").get_json()["archivedAt"] is not None
    assert len(bob.api("GET", "/teams/archived").get_json()["items"]) == 1
    assert bob.api("GET", "/teams").get_json()["items"] == []
    assert bob.api("DELETE", f"{team}/archive").status_code == 403
    assert ada.api("DELETE", f"{team}/archive").status_code == 204
    assert make_task(bob, full_team)
