"""The page with what each role may do."""

from __future__ import annotations

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
