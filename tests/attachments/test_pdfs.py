"""PDFs: drawn outside the request, and shown as pictures alone; what is hostile is drawn within bounds, or not."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from taskforge import clock
from taskforge.admin.maintenance import empty_trash
from taskforge.attachments import limited_process, page_frames
from taskforge.attachments.blob_keys import MAX_PAGES, page_key, thumbnail_key
from taskforge.attachments.changes import delete_attachment, set_cover
from taskforge.attachments.thumbnails import make_due
from taskforge.errors import InvalidInput
from taskforge.stores import blobs
from tests import pdfs
from tests.attachments.files import attach, row_of, stored_keys
from tests.attachments.test_trash import MONTH
from tests.factories import Person
from tests.pages import HTMX, visit

HOSTILE = {
    # what is sent: how many pages it says it has, and how many of them are drawn; None where there are none at all
    "ten thousand pages": (pdfs.long_paper(10_000), 10_000, MAX_PAGES),
    "more pages said than there": (pdfs.paper("one", count=500), 500, 1),
    "a script that runs when it is opened": (pdfs.scripted_paper(), 1, 1),
    "an image of 3,600 megapixels": (pdfs.exploding_paper(), 1, 1),
    "a page that is never drawn to its end": (pdfs.endless_paper(), 2, 1),
    "a page of five kilometres": (pdfs.paper("wide", size=(14_400_000, 14_400_000)), 1, 1),
    "a page like a thread": (pdfs.paper("thin", size=(1, 10_000_000)), 1, 1),
    "a password": (pdfs.locked_paper(), None, 0),
    "cut off": (pdfs.paper("one", "two")[:400], None, 0),
    "nothing but a header": (b"%PDF-1.4\n", None, 0),
}


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def picture_of(key: str) -> Image.Image:
    return Image.open(BytesIO(b"".join(blobs.store().read(key))))


@pytest.mark.usefixtures("inside")
def test_hostile_pdfs_are_drawn_within_bounds_or_not_at_all_and_stop_nobody(
    ada: Person, task_id: str
) -> None:
    ids = {
        name: attach(ada.actor, task_id, content, "plan.pdf")
        for name, (content, *_) in HOSTILE.items()
    }
    good = attach(ada.actor, task_id, pdfs.paper("good"), "good.pdf")
    settled = make_due()
    while settled < len(ids) + 1:  # it stops after 20 seconds
        settled += make_due()
    for name, attachment_id in ids.items():
        row, (_, count, drawn) = row_of(attachment_id), HOSTILE[name]
        sizes = row["page_sizes"] or []
        state = "failed" if count is None else "ready"
        assert (row["thumbnail"], row["page_count"], len(sizes)) == (state, count, drawn), name
        assert all(width <= 1240 and height <= 3201 for width, height in sizes), name
        for number, size in enumerate(sizes, 1):
            assert picture_of(page_key(attachment_id, number)).size == tuple(size), name
    assert row_of(good)["thumbnail"] == "ready"


@pytest.mark.usefixtures("inside")
def test_a_form_is_drawn_with_what_was_filled_in(ada: Person, task_id: str) -> None:
    attachment_id = attach(ada.actor, task_id, pdfs.filled_form(), "form.pdf")
    make_due()
    picture = picture_of(page_key(attachment_id, 1)).convert("L")
    assert picture.getpixel((620, 620)) < 20
    assert picture.getpixel((20, 20)) > 240
    assert max(picture_of(thumbnail_key(attachment_id)).size) == 640
    with pytest.raises(InvalidInput, match="no image among the files"):
        set_cover(ada.actor, task_id, attachment_id)


@pytest.mark.usefixtures("inside")
def test_a_process_that_takes_too_long_is_ended(
    ada: Person, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited_process, "TIMEOUT_SECONDS", 0.01)
    attachment_id = attach(ada.actor, task_id, pdfs.paper("slow"), "slow.pdf")
    assert make_due() == 1
    assert row_of(attachment_id)["thumbnail"] == "failed"


def test_what_a_broken_drawer_complains_of_is_not_kept_in_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "shouting.py").write_text(
        "import sys\n"
        "from taskforge.attachments.limited_process import limit_itself\n"
        "limit_itself()\n"
        "for _ in range(128):\n"
        "    sys.stderr.write('x' * 1_000_000 + '\\n')\n"
        "sys.exit('the last word')\n"
    )
    monkeypatch.setattr(limited_process, "ROOT", f"{tmp_path}:{limited_process.ROOT}")
    tracemalloc.start()
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as output:
        why = limited_process.run_limited("shouting", file, output)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert why
    assert peak < 5_000_000


def test_what_a_broken_drawer_writes_is_not_believed() -> None:
    webp = b"RIFF\0\0\0\0WEBP"
    said = BytesIO()
    page_frames.write_count(said, 2**32 - 1)
    page_frames.write_picture(said, 3, 4, webp)
    page_frames.write_picture(said, 3, 4, b"<script>....")
    page_frames.write_picture(said, 3, 4, webp)
    said.seek(0)
    assert page_frames.read_count(said) == 0
    assert list(page_frames.read_pictures(said, 9)) == [(3, 4, webp)]
    for head in (
        b"",
        b"\0\0",
        b"\0\0\0\4\xff\xff\xff\xff",
        b"\0\4\0\0\0\0\0\0",
        b"\0\4\0\4\0\0\0\x20RIFF",
    ):
        assert list(page_frames.read_pictures(BytesIO(head), 9)) == []
    assert page_frames.read_count(BytesIO(b"\0")) == 0


def test_a_pdf_is_looked_at_page_by_page_by_who_sees_its_card(
    app: Flask, ada: Person, eve: Person, task_id: str
) -> None:
    with app.app_context():
        attachment_id = attach(ada.actor, task_id, pdfs.long_paper(34), "The <plan>.pdf")
        locked = attach(ada.actor, task_id, pdfs.locked_paper(), "secret.pdf")
    address, visitor = f"/attachments/{attachment_id}", visit(ada)
    page, partial = visitor.open(address), visitor.open(address, **HTMX)
    assert "are being drawn" in page.text
    assert "Look again" in page.text
    assert 'hx-trigger="load delay:2s"' in partial.html
    assert visitor.client.get(f"{address}/thumbnail").status_code == 404
    with app.app_context():
        make_due()
    for page in (visitor.open(address), visitor.open(address, **HTMX)):
        assert page.html.count('class="preview__page"') == MAX_PAGES
        assert 'alt="Page 3 of 34 of The &lt;plan&gt;.pdf"' in page.html
        assert "· 34 pages ·" in page.text
        assert "Only the first 20 pages are shown here. All 34 are in the download." in page.text
    assert f'src="{address}/thumbnail"' in visitor.open(f"/tasks/{task_id}").html
    for name in ("thumbnail", "pages/1", "pages/20"):
        answer = visitor.client.get(f"{address}/{name}")
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert visit(eve).client.get(f"{address}/{name}").status_code == 404
    for number in ("0", "21", "9" * 40, "-1", "x"):
        assert visitor.client.get(f"{address}/pages/{number}").status_code == 404
    assert ada.api("GET", f"{address}/pages/2").mimetype == "image/webp"
    assert "protected by a password" in visitor.open(f"/attachments/{locked}").text


@pytest.mark.usefixtures("inside")
def test_pictures_of_pages_go_with_their_file(ada: Person, task_id: str) -> None:
    gone = attach(ada.actor, task_id, pdfs.paper("one", "two"), "gone.pdf")
    kept = attach(ada.actor, task_id, pdfs.paper("one"), "kept.pdf")
    make_due()
    assert len([key for key in stored_keys() if key.startswith("p/")]) == 3
    delete_attachment(ada.actor, gone)
    with clock.frozen(clock.now() + MONTH):
        assert empty_trash() == 1
    assert sorted(stored_keys()) == [f"a/{kept}", f"p/{kept}/1", f"t/{kept}"]
