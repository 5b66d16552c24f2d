"""Several cards at once: all of them or none, each a fact of its own, and back again."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.errors import WipLimitReached
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.bulk.batches import MAX_TASKS, NewTask, create_tasks, undo_batch
from taskforge.tasks.quick_add.lines import split_lines
from taskforge.tasks.service import create_task, delete_task
from tests.factories import Person, Team, csrf_token, make_task
from tests.pages import Page, visit
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.tasks.conftest import Barred
from tests.tasks.many import limit
from tests.together import at_once_inside

SEVEN = "- Buy charcoal #shop\n* Mend the bellows !3\n1. Oil\n2) Sweep\n\n- [ ] Sharpen\n[x] Polish\n• Rest"


def add(person: Person, team: Team, lines: str, **more: str) -> Page:
    path = f"/boards/{team.board_id}/tasks/create-many"
    fields = {"lines": lines, "column_id": team.columns["todo"], **more}
    return visit(person).fill(path, "/tasks/create-many", **fields)


def titles(app: Flask, *, deleted: bool = False) -> list[str]:
    with app.app_context():
        found = sql.rows(
            text(
                "SELECT title FROM tasks WHERE (deleted_at IS NOT NULL) = :deleted ORDER BY rank, number"
            ),
            {"deleted": deleted},
        )
        return [row["title"] for row in found]


def test_every_line_becomes_a_card_in_its_order(app: Flask, ada: Person, team: Team) -> None:
    make_task(ada, team, "Old", column_id=team.columns["todo"])
    page = add(ada, team, SEVEN)
    assert page.location == f"/boards/{team.board_id}#column-{team.columns['todo']}"
    assert titles(app) == [
        "Old", "Buy charcoal", "Mend the bellows", "Oil", "Sweep", "Sharpen", "Polish", "Rest",
    ]  # fmt: skip
    with app.app_context():
        made = sql.row(text("SELECT tags FROM tasks WHERE title = 'Buy charcoal'"))
        assert made is not None
        assert made["tags"] == ["shop"]


def test_each_card_is_a_fact_of_its_own_with_the_next_number(
    app: Flask, ada: Person, team: Team
) -> None:
    add(ada, team, SEVEN)
    with app.app_context():
        facts = sql.rows(
            text(
                "SELECT l.board_seq, l.entity_version, k.number FROM audit_logs l JOIN tasks k"
                " ON k.task_id = l.entity_id WHERE l.event = 'task.created' ORDER BY l.log_id"
            )
        )
        assert [tuple(fact.values()) for fact in facts] == [
            (2 + step, 1, 1 + step) for step in range(7)
        ]
        board = sql.row(text("SELECT seq, next_number FROM boards"))
        assert board is not None
        assert tuple(board.values()) == (8, 8)


def test_the_toast_takes_all_of_them_back(app: Flask, ada: Person, team: Team) -> None:
    visitor = visit(ada)
    path = f"/boards/{team.board_id}/tasks/create-many"
    visitor.fill(path, "/tasks/create-many", lines=SEVEN, column_id=team.columns["todo"])
    board = visitor.open(f"/boards/{team.board_id}")
    assert "7 cards made." in board.text
    undone = visitor.send(board.form("/undo"))
    assert undone.location == f"/boards/{team.board_id}"
    assert "7 cards are in the trash." in visitor.open(undone.location).text
    assert titles(app) == []
    assert len(titles(app, deleted=True)) == 7


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (f"Good\n{'x' * 201}", "Line 2: Title must be at most 200 characters; it has 201."),
        (f"Good\nFine\n{'x' * 601}", "Line 3: Title must be at most 600 characters; it has 601."),
        ("  \n \n", "Lines is required."),
        ("\n".join(["Card"] * 131), "At most 100 cards can be added at once, and these are 131"),
    ],
)
def test_one_wrong_line_adds_nothing_and_keeps_the_text(
    app: Flask, ada: Person, team: Team, lines: str, sentence: str
) -> None:
    page = add(ada, team, lines)
    assert page.status == 422
    assert sentence in page.text
    assert page.form("/tasks/create-many").fields["lines"] == lines
    assert titles(app) == []


def test_a_column_without_room_for_all_takes_none(app: Flask, ada: Person, team: Team) -> None:
    limit(ada, team, 6)
    page = add(ada, team, SEVEN)
    assert page.status == 409
    assert "“To do” has 0 of 6 tasks: 7 more do not fit. Nothing was added." in page.text
    assert page.form("/tasks/create-many").fields["lines"] == SEVEN
    limit(ada, team, 7)
    assert add(ada, team, SEVEN).status == 303
    assert len(titles(app)) == 7


def test_a_hundred_lines_are_a_hundred_cards(app: Flask, ada: Person, team: Team) -> None:
    add(ada, team, "\n".join(f"Card {number}" for number in range(MAX_TASKS)))
    assert titles(app) == [f"Card {number}" for number in range(MAX_TASKS)]
    with app.app_context():
        catch_up()
        assert_stores_agree()


def test_the_same_operation_adds_once(app: Flask, ada: Person, team: Team) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/boards/{team.board_id}/tasks/create-many").form("/tasks/create-many")
    first, again = (visitor.send(form, lines=SEVEN) for _ in range(2))
    assert first.location == again.location
    assert len(titles(app)) == 7
    assert visitor.send(form, lines="Other").status == 422
    assert len(titles(app)) == 7


def test_a_script_gets_the_cards_and_the_way_back(app: Flask, ada: Person, team: Team) -> None:
    browser = ada.browser()
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(browser)}
    answer = browser.post(
        f"/boards/{team.board_id}/tasks/create-many",
        data={"lines": "One\nTwo @nobody", "column_id": team.columns["todo"], "op": new_id()},
        headers=headers,
    ).get_json()
    assert answer["cards"].count("<article") == 2
    assert "column__head" in answer["head"]
    assert answer["text"] == "2 cards made."
    assert answer["notes"] == ["Nobody in this team goes by @nobody, so it stays in the title."]
    undone = browser.post(answer["undo"], data={"op": new_id()}, headers=headers).get_json()
    assert undone["undone"] == "task.deleted"
    assert len(undone["task_ids"]) == 2
    assert titles(app) == []


def test_a_script_is_told_what_is_wrong(ada: Person, team: Team) -> None:
    browser = ada.browser()
    answer = browser.post(
        f"/boards/{team.board_id}/tasks/create-many",
        data={"lines": f"One\n{'x' * 201}", "column_id": team.columns["todo"]},
        headers={"Accept": "application/json", "X-CSRFToken": csrf_token(browser)},
    )
    assert answer.status_code == 422
    assert answer.get_json()["error"]["message"].startswith("Line 2: Title must be at most 200")


def test_taking_back_and_taking_that_back_keeps_the_order(
    app: Flask, ada: Person, team: Team
) -> None:
    with app.app_context():
        place = {"board_id": team.board_id, "column_id": team.columns["todo"]}
        made = create_tasks(ada.actor, **place, new_tasks=[NewTask(title=one) for one in "ABC"])
        gone = undo_batch(ada.actor, board_id=team.board_id, event_id=str(made.event_id))
        create_task(ada.actor, **place, title="Between")
        back = undo_batch(ada.actor, board_id=team.board_id, event_id=str(gone.event_id))
        assert back.extra["task_ids"] == made.extra["task_ids"]
    assert titles(app) == ["A", "Between", "B", "C"]  # where they were


def test_what_somebody_has_thrown_away_already_is_passed_over(
    app: Flask, ada: Person, team: Team
) -> None:
    with app.app_context():
        place = {"board_id": team.board_id, "column_id": team.columns["todo"]}
        made = create_tasks(ada.actor, **place, new_tasks=[NewTask(title=one) for one in "ABC"])
        delete_task(ada.actor, made.extra["task_ids"][1])
        undone = undo_batch(ada.actor, board_id=team.board_id, event_id=str(made.event_id))
        assert len(undone.extra["task_ids"]) == 2
        again = undo_batch(ada.actor, board_id=team.board_id, event_id=str(made.event_id))
        assert again.event_id is None


def test_what_does_not_fit_any_more_does_not_come_back(app: Flask, ada: Person, team: Team) -> None:
    with app.app_context():
        place = {"board_id": team.board_id, "column_id": team.columns["todo"]}
        made = create_tasks(ada.actor, **place, new_tasks=[NewTask(title=one) for one in "ABC"])
        gone = undo_batch(ada.actor, board_id=team.board_id, event_id=str(made.event_id))
    limit(ada, team, 2)
    with app.app_context(), pytest.raises(WipLimitReached):
        undo_batch(ada.actor, board_id=team.board_id, event_id=str(gone.event_id))
    assert titles(app) == []


def test_two_batches_at_once_both_fit_or_one_is_refused(
    app: Flask, ada: Person, team: Team
) -> None:
    limit(ada, team, 10)

    def add_six() -> Change:
        return create_tasks(
            Actor(user_id=ada.user_id, op_id=new_id(), op_fingerprint=b"x"),
            board_id=team.board_id,
            column_id=team.columns["todo"],
            new_tasks=[NewTask(title=f"Card {one}") for one in range(6)],
        )

    answers = at_once_inside(app, [add_six] * 3)
    assert sorted(type(one).__name__ for one in answers) == ["Change"] + ["WipLimitReached"] * 2
    assert len(titles(app)) == 6
    with app.app_context():
        board = sql.row(text("SELECT seq, next_number FROM boards"))
        last = sql.scalar(text("SELECT max(board_seq) FROM audit_logs"))
        assert board is not None
        assert board["seq"] == last
        assert board["next_number"] == 7


def test_bullets_are_stripped_and_nothing_else() -> None:
    assert split_lines("- a\n  * b\n12. c\n3) d\n- [ ] e\n[X] f\n\n-g\n2026 plan\n1.5 litres\n-") == [
        "a", "b", "c", "d", "e", "f", "-g", "2026 plan", "1.5 litres", "-",
    ]  # fmt: skip


def test_who_may_not_add_cards_sees_no_page_for_it(barred: Barred) -> None:
    assert (
        barred.visitor.open(f"/boards/{barred.team.board_id}/tasks/create-many").status
        == barred.status
    )
