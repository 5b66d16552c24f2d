"""Private boards and limited guests in a browser and by the API."""

from __future__ import annotations

from tests.boards.crew import Crew
from tests.factories import Person
from tests.pages import visit


def test_the_pages_limit_a_guest_and_make_a_board_private(
    ada: Person, bob: Person, gus: Person, crew: Crew
) -> None:
    visitor = visit(ada)
    page = visitor.open(f"/teams/{crew.team_id}")
    path = f"/teams/{crew.team_id}/members/{gus.user_id}/boards"
    assert path in page.html
    filter_menu = f"/boards/{crew.board_id}/filter"
    assert "Gus" in visitor.open(filter_menu).text
    answer = visitor.fill(path, "/boards", is_limited="1", board_id=crew.other_id)
    assert answer.status == 303
    assert "sees some boards only" in visitor.open(f"/teams/{crew.team_id}").text
    assert visit(gus).open(f"/boards/{crew.board_id}").status == 404
    assert "Gus" not in visitor.open(filter_menu).text
    settings = f"/boards/{crew.board_id}/settings"
    assert visitor.fill(settings, "/privacy", is_private="1").status == 303
    assert visit(bob).open(f"/boards/{crew.board_id}").status == 404
    visitor.fill(settings, "/people/name", user_id=bob.user_id)
    assert visit(bob).open(f"/boards/{crew.board_id}").status == 200
    visitor.fill(settings, "/unname")
    assert visit(bob).open(f"/boards/{crew.board_id}").status == 404
    assert "made the board private" in visitor.open(f"/boards/{crew.board_id}/activity").text


def test_the_api_limits_names_and_answers(
    ada: Person, bob: Person, gus: Person, crew: Crew
) -> None:
    path = f"/teams/{crew.team_id}/members/{gus.user_id}/boards"
    assert ada.api("GET", path).get_json() == {"isLimited": False, "boardIds": []}
    limited = ada.api("PUT", path, {"boardIds": [crew.other_id]})
    assert limited.get_json() == {"isLimited": True, "boardIds": [crew.other_id]}
    assert gus.api("GET", f"/boards/{crew.board_id}").status_code == 404
    assert ada.api("PUT", path, {}).status_code == 422
    assert ada.api("PUT", path, {"boardIds": None}).get_json()["isLimited"] is False
    assert ada.api("PATCH", f"/boards/{crew.board_id}", {"isPrivate": True}).get_json()["isPrivate"]
    people = f"/boards/{crew.board_id}/people"
    for _ in range(2):
        named = ada.api("PUT", f"{people}/{bob.user_id}").get_json()
        assert [one["userId"] for one in named["items"]] == [bob.user_id]
    assert bob.api("GET", f"/boards/{crew.board_id}").status_code == 200
    assert ada.api("DELETE", f"{people}/{bob.user_id}").status_code == 204
    assert ada.api("DELETE", f"{people}/{bob.user_id}").status_code == 404
    assert bob.api("GET", f"/boards/{crew.board_id}").status_code == 404
