"""What each role may do, on its page and by the API."""

from __future__ import annotations

import pytest

from taskforge.teams.permissions import ROLES
from tests.factories import Person, Team
from tests.pages import visit


def test_an_admin_changes_a_right_and_takes_it_back(ada: Person, full_team: Team) -> None:
    visitor, path = visit(ada), f"/teams/{full_team.team_id}/permissions"
    answer = visitor.fill(path, "/permissions", **{"guest:task.move": "1"})
    assert answer.status == 303
    page = visitor.open(answer.location)
    assert "Undo" in page.html
    assert "gave guests “Move tasks”" in page.text
    assert "(changed from the default)" in page.html
    assert ">changed<" in page.html
    undone = visitor.fill(path, "/undo")
    assert undone.status == 303
    page = visitor.open(path)
    assert "took from guests “Move tasks”" in page.text
    assert ">changed<" not in page.html


def test_the_rights_are_reset_to_the_defaults(ada: Person, full_team: Team) -> None:
    visitor, path = visit(ada), f"/teams/{full_team.team_id}/permissions"
    assert "Reset to the defaults" not in visitor.open(path).text
    visitor.fill(path, "/permissions", **{"guest:task.move": "1"})
    visitor.fill(path, "/permissions/reset")
    assert "Reset to the defaults" not in visitor.open(path).text


def test_everybody_in_the_team_sees_the_rights_without_controls(
    gus: Person, full_team: Team
) -> None:
    page = visit(gus).open(f"/teams/{full_team.team_id}/permissions")
    assert page.status == 200
    assert "An admin can change it" in page.text
    assert 'type="checkbox"' not in page.html
    assert visit(gus).open(f"/teams/{full_team.team_id}").html.count("/permissions") == 1


def test_what_was_ticked_stays_where_somebody_else_was_faster(ada: Person, full_team: Team) -> None:
    visitor, path = visit(ada), f"/teams/{full_team.team_id}/permissions"
    form = visitor.open(path).form("/permissions")
    visitor.fill(path, "/permissions", **{"guest:task.move": "1"})
    page = visitor.send(form, **{"guest:task.create": "1"})
    assert page.status == 409
    assert "Your ticks are kept" in page.text
    assert page.form("/permissions").fields["guest:task.create"] == "1"
    assert visitor.send(page.form("/permissions")).status == 303


def test_the_api_answers_and_sets_the_matrix(ada: Person, gus: Person, full_team: Team) -> None:
    path = f"/teams/{full_team.team_id}/permissions"
    answer = gus.api("GET", path)
    matrix = answer.get_json()
    assert matrix["guest"] == ["comment.create"]
    assert {"name": "comment.create", "defaultRoles": list(ROLES)} == {
        key: value for key, value in matrix["permissions"][-2].items() if key != "description"
    }
    assert all(one["description"] for one in matrix["permissions"])
    body = {role: matrix[role] for role in ROLES}
    body["guest"] = [*body["guest"], "task.move"]
    assert gus.api("PUT", path, body).status_code == 403
    changed = ada.api("PUT", path, body, If_Match=answer.headers["ETag"])
    assert changed.status_code == 200, changed.text
    assert changed.get_json()["guest"] == ["task.move", "comment.create"]
    stale = ada.api("PUT", path, {**body, "guest": []}, If_Match=answer.headers["ETag"])
    assert stale.status_code == 409
    assert stale.get_json()["error"]["current"]["guest"] == ["task.move", "comment.create"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"admin": [], "member": [], "guest": []}, "admin"),
        ({"admin": ["team.manage_permissions"], "member": []}, "guest"),
        ({"admin": ["team.manage_permissions", "task.fly"], "member": [], "guest": []}, "admin"),
        ({"admin": "team.manage_permissions", "member": [], "guest": []}, "admin"),
        ({"admin": [{}], "member": [], "guest": []}, "admin"),
        ({"admin": ["team.manage_permissions"], "member": [], "guest": [], "owner": []}, "owner"),
    ],
)
def test_the_api_refuses_what_is_no_matrix(
    ada: Person, full_team: Team, body: dict[str, object], field: str
) -> None:
    answer = ada.api("PUT", f"/teams/{full_team.team_id}/permissions", body)
    assert answer.status_code == 422
    assert field in answer.get_json()["error"]["fields"]
    now = ada.api("GET", f"/teams/{full_team.team_id}/permissions").get_json()
    assert now["guest"] == ["comment.create"]
