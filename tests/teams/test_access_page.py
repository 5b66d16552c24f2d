"""The page and the API that explain what somebody may do."""

from __future__ import annotations

from tests.factories import Person, Team
from tests.pages import visit


def test_the_page_and_the_api_answer(ada: Person, gus: Person, full_team: Team) -> None:
    path = f"/teams/{full_team.team_id}/members/{gus.user_id}/access"
    assert f'href="{path}"' in visit(ada).open(f"/teams/{full_team.team_id}").html
    page = visit(ada).open(path)
    assert "Guests hold it, as in every new team." in page.text
    assert "The team did not exist then." in visit(ada).open(f"{path}?at=2020-01-01").text
    wrong = visit(ada).open(f"{path}?at=yesterday")
    assert wrong.status == 422
    assert "must be a time like" in wrong.text
    answer = ada.api("GET", f"{path}?at=2020-01-01T00:00:00Z")
    assert (answer.status_code, answer.get_json()["role"]) == (200, None)
    now = gus.api("GET", path).get_json()
    assert {one["permission"]: one["isHeld"] for one in now["rights"]}["comment.create"] is True
    assert [one["isSeen"] for one in now["boards"]] == [True]
    assert ada.api("GET", f"{path}?at=soon").status_code == 422
