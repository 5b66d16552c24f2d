"""Files look right and are accessible wherever they are shown; hostile ones run nothing."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, expect

from taskforge.attachments.changes import delete_attachment, set_cover
from taskforge.attachments.service import attach_to_comment, attach_to_task
from taskforge.comments.service import create_comment
from taskforge.demo import drawings
from taskforge.sent_file import SentFile
from tests.corpus.hostile_files import HOSTILE
from tests.e2e.accounts import make_board, person_of, team_of
from tests.e2e.boards import open_board, open_card
from tests.e2e.files import drop_files, expect_loaded, make_thumbnails, row
from tests.e2e.looking import LOOKED_AT, look
from tests.factories import make_task

TITLE = "Keep the storm lantern lit"
PANEL = "#task-dialog .task-panel"
FILES = {
    "Lantern at night.jpg": drawings.lantern(),
    "Sketch of the glass, second try.png": drawings.sketch(),
    "Measurements.csv": b"glass,wind,minutes\nold,8,4.5\ntall,8,18.0\n",
    "Order for Tomas.txt": b"Three wicks, 12 mm.\nTwo tall glasses.\n",
    "Storm test.pdf": drawings.paper(("Storm test",)),
}


@pytest.fixture
def context_options() -> dict[str, object]:
    return dict(LOOKED_AT)


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    log_in(page)
    return make_board(page, "Order charcoal", "Sweep the floor")


def attach_all(page: Page, files: dict[str, bytes]) -> tuple[str, dict[str, str]]:
    """A new card with files, and a comment with one of them; its id, and the ids of the files by name."""
    person = person_of(page)
    task_id = make_task(person, team_of(page), TITLE)
    with person.app.app_context():
        ids = {
            name: attach_to_task(person.actor, task_id, as_sent(name, content)).entity_id
            for name, content in files.items()
        }
    return task_id, ids


def as_sent(name: str, content: bytes) -> SentFile:
    return SentFile(name, BytesIO(content), len(content))


def test_files_look_right_wherever_they_are_shown(app: Flask, page: Page, board: str) -> None:
    task_id, ids = attach_all(page, FILES)
    photo, sketch, *_, text, paper = ids.values()
    make_thumbnails(app)
    actor = person_of(page).actor
    with app.app_context():
        set_cover(actor, task_id, photo)
        words = f"The tall glass wins:\n\n![Sketch](/attachments/{sketch})"
        comment = create_comment(actor, task_id, content=words).entity_id
        attach_to_comment(actor, comment, as_sent("Chart.png", drawings.chart()))
        for number in range(2):
            old = attach_to_task(actor, task_id, as_sent(f"Old {number}.md", b"# Old"))
            delete_attachment(actor, old.entity_id)
    make_thumbnails(app)
    open_board(board, page)
    expect_loaded(page.locator(".card__cover"))
    open_card(page, TITLE)
    drop_files(page.locator(PANEL), ("Plan.pdf", "application/pdf", b"no plan"))
    expect(row(page, "Plan.pdf")).to_contain_text("is no PDF")
    for image in page.locator(f"{PANEL} :is(.file__face, .inline-image) img").all():
        expect_loaded(image)
    page.locator(".files").scroll_into_view_if_needed()
    look(page, "files-panel")
    for name, file in (("image", photo), ("text", text), ("pdf", paper)):
        page.locator(f"#file-{file} .file__open").click()
        expect(page.locator("#dialog .preview")).to_be_visible()
        for image in page.locator("#dialog .preview img").all():
            expect_loaded(image)
        look(page, f"files-preview-{name}")
        page.keyboard.press("Escape")
        expect(page.locator("#dialog")).to_be_hidden()
    page.goto(f"/tasks/{task_id}/attachments/deleted")
    look(page, "files-trash")
    page.goto(f"/comments/{comment}/attachments")
    look(page, "files-comment")


def test_no_hostile_file_runs_anything_when_it_is_opened_or_looked_at(
    page: Page, board: str
) -> None:
    page.goto(board)  # for the storage of this origin
    task_id, ids = attach_all(page, HOSTILE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (asked.append("/pwned"), dialog.dismiss()))
    page.goto(f"/tasks/{task_id}")
    expect(page.locator(".file")).to_have_count(len(HOSTILE))
    for attachment_id in ids.values():
        for address in (f"/attachments/{attachment_id}", f"/attachments/{attachment_id}/file"):
            try:
                page.goto(address)
            except Error as error:
                assert "ownload" in str(error) or "ERR_ABORTED" in str(error)  # noqa: PT017
    page.goto(board)
    assert page.evaluate("localStorage.getItem('pwned')") is None
    assert [url for url in asked if "pwned" in url] == []
