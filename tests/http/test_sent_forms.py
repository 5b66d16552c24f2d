"""The page's script is told which of its submissions was carried out, and of no other."""

from __future__ import annotations

from uuid import uuid4

from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Page, visit


def cookie(page: Page) -> str:
    """The ids in the cookie that an answer sets; "" if it sets none."""
    given = [each for each in page.answer.headers.getlist("Set-Cookie") if each.startswith("sent=")]
    return given[0].partition(";")[0].removeprefix("sent=") if given else ""


def test_a_page_load_that_succeeded_names_its_operation(ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open("/teams").form("/teams/create")
    answer = visitor.send(form, name="Web team")
    assert answer.status == 303
    assert answer.answer.headers["X-Operation"] == form.fields["op"]
    assert cookie(answer) == form.fields["op"]
    second = visitor.open("/teams").form("/teams/create")
    later = visitor.send(second, name="Shop team")
    assert cookie(later) == f"{form.fields['op']}.{second.fields['op']}"


def test_htmx_and_scripts_read_it_from_the_answer(ada: Person) -> None:
    team = make_team(ada)
    visitor = visit(ada)
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    answer = visitor.send(form, headers=HTMX, title="Quick")
    assert answer.answer.headers["X-Operation"] == form.fields["op"]
    assert cookie(answer) == ""
    replayed = visitor.send(form, headers=HTMX, title="Quick")
    assert replayed.answer.headers["X-Operation"] == form.fields["op"]


def test_what_is_refused_or_was_no_form_names_none(ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open("/teams").form("/teams/create")
    refused = visitor.send(form, name="  ")
    assert refused.status == 422
    assert "X-Operation" not in refused.answer.headers
    assert cookie(refused) == ""
    odd = visitor.send(form, name="Odd", op="no id, but ;a=text")
    assert "X-Operation" not in odd.answer.headers
    assert cookie(visitor.open("/teams")) == ""


def test_the_cookie_of_somebody_else_is_not_repeated(ada: Person) -> None:
    visitor = visit(ada)
    visitor.client.set_cookie("sent", "<script>.x;y")
    form = visitor.open("/teams").form("/teams/create")
    assert cookie(visitor.send(form, name="Web team")) == form.fields["op"]


def test_a_script_adds_a_card_that_waited_for_a_connection(ada: Person) -> None:
    team = make_team(ada)
    visitor = visit(ada)
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    headers = {"Accept": "application/json"}
    answer = visitor.send(form, headers=headers, title="Written offline #iron").answer
    assert answer.status_code == 200
    assert set(answer.json) == {"id", "version", "event"}
    page = visitor.open(f"/tasks/{answer.json['id']}")
    assert "Written offline" in page.text
    assert "iron" in page.text
    again = visitor.send(form, headers=headers, title="Written offline #iron").answer
    assert again.json["id"] == answer.json["id"]
    refused = visitor.send(form, headers=headers, title="x" * 700, op=str(uuid4())).answer
    assert refused.status_code == 422
    assert refused.json["error"]["message"]


def test_the_whole_form_in_an_open_task_is_answered_by_its_details(ada: Person) -> None:
    team: Team = make_team(ada)
    task_id = make_task(ada, team, "Draw the plan")
    visitor = visit(ada)
    page = visitor.open(f"/tasks/{task_id}/edit", **HTMX)
    assert f'hx-post="/tasks/{task_id}/edit"' in page.html
    form = page.form("/edit")
    answer = visitor.send(form, headers=HTMX, title="Draw it well")
    assert answer.status == 200
    assert 'id="task-details"' in answer.html
    assert "Draw it well" in answer.text
    assert "forge:task-changed" in answer.answer.headers["HX-Trigger"]
    assert "is saved" not in visitor.open(f"/tasks/{task_id}").text  # no message waits for a page
    conflict = visitor.send(form, headers=HTMX, title="Draw it better", op=str(uuid4()))
    assert conflict.status == 409
    assert f'hx-post="/tasks/{task_id}/edit"' in conflict.html
