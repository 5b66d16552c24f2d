"""Forms take what people paste; the API refuses what no program should send."""

from __future__ import annotations

import pytest

from tests.corpus.pasted import CASES, Case
from tests.factories import Person, Team, make_task
from tests.pages import Visitor


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.origin)
def test_a_pasted_description_is_saved(
    ada: Person, team: Team, visitor: Visitor, case: Case
) -> None:
    task_id = make_task(ada, team)
    address = f"/tasks/{task_id}/fields/description"
    assert visitor.fill(address, address, value=f"x {case.text} y").status == 303
    stored = ada.api("GET", f"/tasks/{task_id}").get_json()["description"]
    assert stored == f"x {case.clean} y"


@pytest.mark.parametrize(
    "text", ["Fix\tthe\r\ndoor", "Fix\vthe door", "\x1b[1mFix\x1b[0m the\fdoor\0"]
)
def test_a_pasted_title_is_one_line(ada: Person, team: Team, visitor: Visitor, text: str) -> None:
    task_id = make_task(ada, team)
    address = f"/tasks/{task_id}/fields/title"
    assert visitor.fill(address, address, value=text).status == 303
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["title"] == "Fix the door"


def test_a_line_with_tabs_is_one_card(ada: Person, team: Team, visitor: Visitor) -> None:
    action = f"/boards/{team.board_id}/tasks/create"
    visitor.fill(f"/boards/{team.board_id}", action, title="Fix\tthe door\t#tools")
    found = ada.api("GET", "/tasks").get_json()["items"]
    assert [(task["title"], task["tags"]) for task in found] == [("Fix the door", ["tools"])]


@pytest.mark.parametrize("control", ["\\u0000", "\\u000b", "\\u001b[1m", "\\u007f"])
def test_the_api_refuses_control_characters_with_a_sentence(
    ada: Person, team: Team, control: str
) -> None:
    body = f'{{"boardId": "{team.board_id}", "title": "a{control}b"}}'
    answer = ada.app.test_client().post(
        "/api/tasks", data=body, content_type="application/json", headers=ada.headers
    )
    assert answer.status_code == 400
    assert "control characters" in answer.get_json()["error"]["message"]


def test_a_password_is_never_changed_but_refused(visitor: Visitor) -> None:
    page = visitor.fill(
        "/profile/password", "/profile/password", current_password="a\x00b", new_password="c\x1bd"
    )
    assert page.status == 400
