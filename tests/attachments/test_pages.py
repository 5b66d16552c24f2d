"""Files as pages: attached by plain forms and by a script, looked at, deleted, taken back, shown on the card."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from taskforge.attachments import thumbnails
from taskforge.comments.service import create_comment
from taskforge.ids import new_id
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit
from tests.pictures import picture_file
from tests.trips import count_round_trips

SCRIPT = {"Accept": "application/json"}
FORM = "multipart/form-data"


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team, "Sweep the floor")


@pytest.fixture
def visitor(ada: Person) -> Visitor:
    return visit(ada)


def send(
    visitor: Visitor,
    address: str,
    *files: tuple[str, bytes],
    headers: dict[str, str] | None = None,
    **more: Any,
) -> TestResponse:
    """Send files by the form of a task's or a comment's page."""
    page = address if "/comments/" in address else address.removesuffix("/attachments")
    fields = visitor.open(page).form(address).fields
    sent = [(BytesIO(content), name) for name, content in files]
    data = {**fields, "file": sent, **more}
    return visitor.client.post(address, data=data, content_type=FORM, headers=headers)


def attach(visitor: Visitor, task_id: str, name: str, content: bytes) -> str:
    """Attach one file to a task as a script does; its id."""
    answer = send(visitor, f"/tasks/{task_id}/attachments", (name, content), headers=SCRIPT)
    assert answer.status_code == 201, answer.json
    return str(answer.json["file"]["id"])


def turned_picture() -> bytes:
    """A photograph of 300 × 200 pixels that was taken with the camera on its side."""
    made, about = BytesIO(), Image.Exif()
    about[0x0112] = 6
    Image.new("RGB", (300, 200), "teal").save(made, "JPEG", exif=about.tobytes())
    return made.getvalue()


def press(visitor: Visitor, page: str, address: str, **fields: Any) -> Page:
    return visitor.fill(page, address, **fields)


def test_several_files_are_attached_by_a_plain_form_and_a_refused_one_keeps_no_other(
    visitor: Visitor, task_id: str
) -> None:
    address = f"/tasks/{task_id}/attachments"
    answer = send(visitor, address, ("plan.txt", b"one"), ("a<b>.txt", b"two"))
    assert (answer.status_code, answer.location) == (303, f"/tasks/{task_id}#files")
    page = visitor.open(f"/tasks/{task_id}")
    assert "2 files are attached." in page.text
    assert "plan.txt" in page.text
    assert "a<b>.txt" in page.text

    answer = send(
        visitor, address, ("fake.png", b"no image"), ("more.txt", b"x"), ("none.txt", b"")
    )
    page = Page(answer)
    assert page.status == 422
    assert "fake.png : File has a name that ends in .png, but is no PNG" in page.text
    assert "none.txt : File is empty" in page.text
    assert "more.txt" in visitor.open(f"/tasks/{task_id}").text
    assert Page(send(visitor, address, ("", b""))).status == 422


def test_a_form_that_is_sent_twice_attaches_each_file_once(visitor: Visitor, task_id: str) -> None:
    address, op = f"/tasks/{task_id}/attachments", new_id()
    for _ in range(2):
        assert send(visitor, address, ("a.txt", b"a"), ("b.txt", b"b"), op=op).status_code == 303
    assert visitor.open(f"/tasks/{task_id}").html.count('class="file"') == 2
    assert visitor.open(f"/tasks/{task_id}").html.count('class="file__name"') == 2


def test_a_script_hears_what_a_text_may_name_and_how_to_take_it_back(
    visitor: Visitor, task_id: str
) -> None:
    answer = send(
        visitor,
        f"/tasks/{task_id}/attachments",
        ("me.png", picture_file(size=(300, 200))),
        headers=SCRIPT,
    )
    assert answer.status_code == 201
    file = answer.json["file"]
    assert (file["name"], file["is_image"]) == ("me.png", True)
    assert answer.json["text"] == "me.png is attached."
    assert answer.json["address"] == f"/attachments/{file['id']}/delete"
    refused = send(visitor, f"/tasks/{task_id}/attachments", ("a.pdf", b"no"), headers=SCRIPT)
    assert refused.status_code == 422
    assert "is no PDF" in refused.json["error"]["message"]


def test_a_file_is_deleted_and_comes_back_by_each_way(
    visitor: Visitor, ada: Person, task_id: str
) -> None:
    task = f"/tasks/{task_id}"
    file = f"/attachments/{attach(visitor, task_id, 'plan.txt', b'one')}"
    assert press(visitor, task, f"{file}/delete").location == f"{task}#files"
    page = visitor.open(task)
    assert "plan.txt is deleted." in page.text
    assert visitor.open(file).status == 404
    assert visitor.send(page.form(f"{file}/restore")).location == f"{task}#files"
    assert visitor.open(file).status == 200

    partial = press(visitor, task, f"{file}/delete", htmx=True)
    told = json.loads(partial.answer.headers["HX-Trigger"])["forge:done"]
    assert told["address"] == f"{file}/restore"
    assert 'id="files"' in partial.html
    assert "plan.txt" not in partial.text

    trash = visitor.open(f"{task}/attachments/deleted")
    assert "plan.txt" in trash.text
    assert "by Ada" in trash.text
    assert visitor.send(trash.form(f"{file}/restore")).status == 303
    assert "Nothing thrown away" in visitor.open(f"{task}/attachments/deleted").text


def test_a_card_with_files_costs_no_statement_more(visitor: Visitor, task_id: str) -> None:
    task = f"/tasks/{task_id}"
    file = f"/attachments/{attach(visitor, task_id, 'plan.txt', b'plan')}"
    assert "Deleted files" not in visitor.open(task).text
    press(visitor, task, f"{file}/delete", htmx=True)
    page = visitor.open(task)
    assert "Deleted files" in page.text
    assert count_round_trips(page.answer)["postgresql"] == 2  # who asks, and the task; the comments


def test_files_are_served_by_harmless_headers(visitor: Visitor, task_id: str) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    ids = {
        name: attach(visitor, task_id, name, content)
        for name, content in (
            ("a.html", page),
            ("b.txt", b"text"),
            ("c.png", picture_file()),
            ("d.pdf", b"%PDF-1.4\n"),  # no viewer of a browser runs in a sandbox
        )
    }
    shown_as = dict.fromkeys(("b.txt", "c.png"), "inline") | dict.fromkeys(
        ("a.html", "d.pdf"), "attachment"
    )
    for name, kind in shown_as.items():
        answer = visitor.client.get(f"/attachments/{ids[name]}/file")
        assert answer.headers["Content-Disposition"] == f'{kind}; filename="{name}"'
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "html" not in answer.headers["Content-Type"]
        saved = visitor.client.get(f"/attachments/{ids[name]}/download")
        assert saved.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    shown = visitor.open(f"/attachments/{ids['a.html']}")
    assert "&lt;script&gt;alert(1)" in shown.html
    assert "Web page" in shown.text
    assert "1 of 4" in shown.text
    assert 'rel="next"' in shown.html


def test_a_long_text_is_shown_from_its_beginning_without_what_nobody_sees(
    visitor: Visitor, task_id: str
) -> None:
    content = b"begin \xe2\x80\xae" + b"x" * 120_000
    file = f"/attachments/{attach(visitor, task_id, 'long.txt', content)}"
    page = visitor.open(file)
    assert "begin \ufffd" in page.html
    assert "This is the beginning" in page.text
    assert page.html.count("x" * 90_000) == 1
    assert "x" * 100_000 not in page.html


def test_an_image_is_shown_in_texts_and_on_the_card(
    app: Flask, visitor: Visitor, ada: Person, team: Team, task_id: str
) -> None:
    task = f"/tasks/{task_id}"
    image = attach(visitor, task_id, "lamp.png", picture_file(size=(1280, 640)))
    text = f"![lamp](/attachments/{image})"
    with app.app_context():
        create_comment(ada.actor, task_id, content=text)
    shown = f'<img src="/attachments/{image}/thumbnail" alt="lamp" width="640" height="320"'
    assert shown in visitor.open(task).html
    answer = visitor.fill(task, "/comments/create", htmx=True, content=text)
    assert shown in answer.html
    assert shown in visitor.open(f"{task}/peek", **HTMX).html

    # Its preview is not made yet, so that the file itself stands in for it.
    assert visitor.client.get(f"/attachments/{image}/thumbnail").mimetype == "image/png"
    with app.app_context():
        assert thumbnails.make_due() == 1
    thumbnail = visitor.client.get(f"/attachments/{image}/thumbnail")
    assert thumbnail.mimetype == "image/webp"
    assert "immutable" in thumbnail.headers["Cache-Control"]

    board = f"/boards/{team.board_id}"
    assert press(visitor, task, f"{image}/cover").location == f"{task}#files"
    cover = f'<img class="card__cover" src="/attachments/{image}/thumbnail" alt="" width="256"'
    page = visitor.open(task)
    assert cover in visitor.open(board).html
    assert "Take off the card" in page.text
    [*_, undo] = [form for form in page.forms if form.action.endswith("/cover")]
    assert undo.fields["way"] == "back"
    assert visitor.send(undo).status == 303
    assert cover not in visitor.open(board).html


def test_a_comment_has_files_of_its_own_for_its_author(
    app: Flask, visitor: Visitor, ada: Person, bob: Person, task_id: str
) -> None:
    with app.app_context():
        comment_id = create_comment(ada.actor, task_id, content="Look").entity_id
    address = f"/comments/{comment_id}/attachments"
    page = visitor.open(f"/tasks/{task_id}")
    assert f'href="{address}"' in page.html
    for form in (page, visitor.open(address)):
        assert "Several at once, together at most 25 MB." in form.text
    answer = send(visitor, address, ("plan.txt", b"one"))
    assert answer.location == f"/tasks/{task_id}#comment-{comment_id}"
    page = visitor.open(f"/tasks/{task_id}")
    assert 'aria-label="Files of this comment"' in page.html
    deletes = [form.action for form in page.forms if form.action.startswith("/attachments/")]
    assert len(deletes) == 2  # one of them takes back what was just done

    other = visit(bob)
    theirs = other.open(f"/tasks/{task_id}")
    assert "plan.txt" in theirs.text
    assert not [form for form in theirs.forms if form.action == deletes[0]]
    assert f'href="{address}"' not in theirs.html
    assert other.open(address).status in (403, 404)
    partial = visitor.send(page.form(deletes[0]), headers=HTMX)
    assert f'id="comment-{comment_id}"' in partial.html
    assert "plan.txt" not in partial.text


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("lamp.png", picture_file(size=(300, 200)), 'width="300" height="200"'),
        ("turned.jpg", turned_picture(), 'width="200" height="300"'),
        ("plan.pdf", b"%PDF-1.4\n", "are being drawn"),
        ("all.zip", b"PK\x03\x04aaaa", "isn’t shown here"),
    ],
)
def test_each_kind_of_file_has_a_page_and_a_partial(
    visitor: Visitor, task_id: str, name: str, content: bytes, shown: str
) -> None:
    address = f"/attachments/{attach(visitor, task_id, name, content)}"
    for page in (visitor.open(address), visitor.open(address, **HTMX)):
        assert page.status == 200
        assert shown in page.html
    assert "data-dialog-close" in page.html
