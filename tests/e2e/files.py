"""Files that are dropped on a page, pasted into it, or lie there; and what a page shows of them."""

from __future__ import annotations

import base64
from typing import Any

from flask import Flask
from playwright.sync_api import Locator, Page, expect

from taskforge.attachments import thumbnails
from tests.pictures import picture_file

LAMP = ("lamp.png", "image/png", picture_file(size=(900, 600)))
NOTES = ("notes.txt", "text/plain", b"The wick is too short.\nOrder <b>three</b>.\n")
PLAN = ("plan.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
Sent = tuple[str, str, bytes]
# Chromium gives a test no file from outside: the events hold what a real drop and a real paste hold.
_GIVE = """(element, [how, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const more = { bubbles: true, cancelable: true };
  if (how === "paste") {
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, ...more }));
    return;
  }
  for (const name of how.split(" ")) element.dispatchEvent(new DragEvent(name, { dataTransfer: transfer, ...more }));
}"""


def _give(element: Locator, how: str, files: tuple[Sent, ...]) -> None:
    encoded = [(name, kind, base64.b64encode(content).decode()) for name, kind, content in files]
    element.evaluate(_GIVE, [how, encoded])


def drag_files(element: Locator, *files: Sent) -> None:
    """Drag files over an element, and stay there; the first drag loads the code for it."""
    hint = element.page.locator(".drop-hint")
    _give(element, "dragenter", files)
    for _ in range(100):
        _give(element, "dragover", files)
        if hint.count() and hint.is_visible():
            return
        element.page.wait_for_timeout(50)
    raise AssertionError("nothing says where the files would go")


def drop_files(element: Locator, *files: Sent) -> None:
    drag_files(element, *files)
    _give(element, "drop", files)


def paste_files(element: Locator, *files: Sent) -> None:
    _give(element, "paste", files)


def as_payload(file: Sent) -> Any:
    """A file as Playwright puts it into a control."""
    name, kind, content = file
    return {"name": name, "mimeType": kind, "buffer": content}


def tile(page: Page, name: str) -> Locator:
    """A file of the open task, or of its comments."""
    return page.locator(".file").filter(has=page.get_by_text(name, exact=True))


def row(page: Page, name: str) -> Locator:
    """A file on its way."""
    return page.locator(".upload").filter(has_text=name)


def expect_loaded(image: Locator) -> None:
    """Look at an image until it is loaded: what it stands in may be drawn again meanwhile."""
    expect(image).to_be_visible()
    image.evaluate("(image) => image.scrollIntoView({block: 'center'})")
    expect(image).to_have_js_property("complete", True)
    expect(image).not_to_have_js_property("naturalWidth", 0)


def make_thumbnails(app: Flask) -> None:
    """Do what the relay does."""
    with app.app_context():
        thumbnails.make_due()
