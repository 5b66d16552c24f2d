"""The history of a task: who changed which words, and the way back to every earlier value."""

from __future__ import annotations

import re

from flask import Flask

from taskforge.comments.service import create_comment, delete_comment, edit_comment
from taskforge.ids import new_id
from taskforge.tasks import service
from tests.factories import Person, Team, make_task, make_team
from tests.pages import Page, Visitor, visit
from tests.processor_time import processor_seconds


def edit(person: Person, task_id: str, **changes: object) -> None:
    with person.app.app_context():
        service.edit_task(person.actor, task_id, changes=changes)


def entries(page: Page) -> list[str]:
    """The parts of the page that tell of one change each, latest first."""
    return page.html.split('class="timeline__entry"')[1:]


def test_changed_words_are_marked_inside_those_that_stayed(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    stays = "This paragraph stays as it is, however long it may be. " * 20
    task_id = make_task(ada, team, texts={"description": f"Ask Jonah.\n\n{stays}\n\nThe end."})
    edit(
        ada, task_id, description=f"Ask Miriam.\n\n{stays}\n\nThe very end.", title="Write a report"
    )
    page = visitor.open(f"/tasks/{task_id}/history")
    assert "Ask <del>Jonah</del><ins>Miriam</ins>." in page.html
    assert re.search(r"The ?<ins> ?very ?</ins> ?end\.", page.html)
    assert "Write <del>the</del><ins>a</ins> report" in page.html
    assert "unchanged text left out" in page.text
    assert page.html.count("stays as it is") < 4
    assert "changed the title and description" in page.text


def test_text_of_people_is_text_in_a_comparison(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id = make_task(ada, team, texts={"description": "<b>old</b>"})
    edit(ada, task_id, description="<script>alert(1)</script>")
    page = visitor.open(f"/tasks/{task_id}/history")
    assert "<script>alert" not in page.html
    assert "&lt;" in page.html


def test_comments_are_compared_too_and_deleted_ones_say_nothing(
    app: Flask, ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    with app.app_context():
        comment_id = create_comment(ada.actor, task_id, content="It is red").entity_id
        edit_comment(ada.actor, comment_id, content="It is blue")
    page = visitor.open(f"/tasks/{task_id}/history")
    assert "It is <del>red</del><ins>blue</ins>" in page.html
    with app.app_context():
        delete_comment(ada.actor, comment_id)
    assert "blue" not in visitor.open(f"/tasks/{task_id}/history").text


def test_what_can_be_undone_has_a_button_and_what_cannot_says_who_was_later(
    ada: Person, bob: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    edit(ada, task_id, title="Mine", priority="high")
    edit(bob, task_id, title="Theirs")
    latest, blocked, created = entries(visitor.open(f"/tasks/{task_id}/history"))
    assert "/undo" in latest
    assert "/undo" not in blocked
    assert re.search(r"Can’t be undone: <bdi>Bob[^<]*</bdi> changed the title later", blocked)
    assert "/undo" in created
    visitor.send(visitor.open(f"/tasks/{task_id}/history").form("/undo"))
    undoing, undone, free, _ = entries(visitor.open(f"/tasks/{task_id}/history"))
    assert "undid a change" in undoing
    assert "Undone by <bdi>Ada" in undone
    assert "/undo" in free


def test_an_earlier_value_is_restored_and_that_can_be_undone(
    ada: Person, bob: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team, "First", texts={"description": "Old words"})
    edit(ada, task_id, title="Second", description="New words", tags=["a"])
    edit(bob, task_id, title="Third", description="Other words")
    history = f"/tasks/{task_id}/history"
    restoring = [form for form in visitor.open(history).forms if form.action.endswith("/restore")]
    assert [form.fields["field"] for form in restoring] == ["title", "description"] * 2 + ["tags"]
    answer = visitor.send(restoring[2])
    assert answer.location == history
    page = visitor.open(history)
    assert "The title of WEB-1 is as it was." in page.text
    assert "First" in visitor.open(f"/tasks/{task_id}").text
    assert "Other words" in visitor.open(f"/tasks/{task_id}").text
    visitor.send(page.form("/undo"))
    assert "Third" in visitor.open(f"/tasks/{task_id}").text


def test_restoring_what_somebody_changed_meanwhile_is_refused_with_the_history(
    ada: Person, bob: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team, "First")
    edit(ada, task_id, title="Second", priority="high")
    edit(ada, task_id, title="Third")
    form = visitor.open(f"/tasks/{task_id}/history").form("/restore")
    edit(bob, task_id, title="Fourth")
    page = visitor.send(form)
    assert page.status == 409
    assert "changed the title" in page.text
    assert visitor.send(page.form("/restore")).status == 303


def test_an_odd_field_or_change_restores_nothing(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id = make_task(ada, team)
    edit(ada, task_id, title="Second", priority="high")
    edit(ada, task_id, title="Third")
    form = visitor.open(f"/tasks/{task_id}/history").form("/restore")
    for field in ("status", "rank", "version", "", None, "due_at"):
        assert visitor.send(form, field=field).status == 422, field
    form.action = form.action.replace(form.action.split("/")[4], new_id())
    assert visitor.send(form).status == 404


def test_one_change_is_shown_in_full(
    ada: Person, eve: Person, visitor: Visitor, team: Team
) -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    task_id = make_task(ada, team, texts={"description": f"{words} old"})
    edit(ada, task_id, description=f"other {words}", title="New")
    page = visitor.open(f"/tasks/{task_id}/history")
    address = re.findall(rf"/tasks/{task_id}/history/[0-9a-f-]{{36}}", page.html)[0]
    whole = visitor.open(address)
    assert "word2999 old" in whole.text
    assert whole.has_form("/restore")
    assert visitor.open(f"/tasks/{task_id}/history/{new_id()}").status == 404
    assert visit(eve).open(address).status == 404


def test_guests_read_the_history_and_change_nothing(ada: Person, gus: Person) -> None:
    team = make_team(ada, guest=gus)
    task_id = make_task(ada, team)
    edit(ada, task_id, title="Mine", priority="high")
    edit(ada, task_id, title="Theirs")
    page = visit(gus).open(f"/tasks/{task_id}/history")
    assert "Theirs" in page.text
    assert not page.has_form("/undo")
    assert not page.has_form("/restore")


def test_hostile_descriptions_do_not_hold_the_page_up(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    for number in range(8):
        words = ("b a " if number % 2 else "a b ") * 20_000
        edit(ada, task_id, description=f"{number} {words}{number}")
    pages: list[Page] = []
    address = f"/tasks/{task_id}/history"
    assert processor_seconds(lambda: pages.append(visitor.open(address))) < 3
    page = pages[0]
    assert page.status == 200
    assert len(page.html) < 200_000
    assert "Show the whole change" in page.text
