"""Rules that every template and style sheet keeps, read from the files."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from taskforge.http.asset_build import ENTRIES
from taskforge.text.moments import iso_text, show_moment

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# A mail is shown by programs that know no style sheet.
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]
STATIC = ROOT / "static"
CARD_BYTES = 1_300
CARD_ELEMENTS = 12


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_a_template_holds_nothing_that_the_content_policy_forbids(path: Path) -> None:
    source = path.read_text()
    for forbidden in (
        r"\sstyle=",
        r"\son\w+=",
        r"hx-on",
        r"js:",
        r"javascript:",
        r"<style",
        r"<script(?! src)",
    ):
        assert not re.search(forbidden, source), forbidden
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_a_template_says_first_what_it_needs(path: Path) -> None:
    assert path.read_text().startswith("{#")


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_every_posting_form_carries_the_csrf_token(path: Path) -> None:
    """But those to an address that only its reader's mails name: it is what lets them in, and mail programs send it."""
    for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.S):
        if "url_for('unsubscribe." in form:
            continue
        assert "guard(" in form or "csrf()" in form, form[:120]


def test_every_icon_that_a_template_names_is_a_row_of_the_sheet() -> None:
    rows = dict(
        re.findall(r"\.icon--([\w-]+) \{ --row: (\d+); \}", (STATIC / "css/icons.css").read_text())
    )
    sheet = re.findall(
        r'<g id="([\w-]+)" transform="translate\(0 (\d+)\)"', (STATIC / "icons.svg").read_text()
    )
    assert {name: int(row) * 24 for name, row in rows.items()} == {
        name: int(y) for name, y in sheet
    }
    source = "\n".join(path.read_text() for path in TEMPLATES)
    used = set(re.findall(r'icon\("([\w-]+)"[,)]', source)) | set(
        re.findall(r"icon--([a-z][\w-]*)(?=[\"' ])", source)
    )
    assert used - {"large"} <= rows.keys()


def test_vendored_scripts_are_the_published_ones_and_a_line_that_makes_each_a_module() -> None:
    vendor = STATIC / "vendor"
    listed = dict(
        re.findall(r"^\| `(.+?)` .*`([0-9a-f]{64})` \|$", (vendor / "README.md").read_text(), re.M)
    )
    assert listed.keys() == {path.name for path in vendor.glob("*.js")}
    for name, digest in listed.items():
        published, _, export = (vendor / name).read_text().rpartition("\nexport ")
        assert export == f"default {name.removesuffix('.js')};\n"
        assert hashlib.sha256(published.encode()).hexdigest() == digest


def test_a_style_sheet_imports_every_file_of_its_folder_once() -> None:
    sheets = sorted((STATIC / "css").rglob("app.css"))
    assert len(sheets) > 5
    shared: set[str] = set()
    for sheet in sheets:
        imported = re.findall(r'^@import "(.+)";$', sheet.read_text(), re.M)
        own = [name for name in imported if not name.startswith("../shared/")]
        files = [path.name for path in sheet.parent.glob("*.css") if path != sheet]
        assert sorted(own) == sorted(files), sheet
        shared |= {name.removeprefix("../shared/") for name in imported} - set(own)
    assert shared == {path.name for path in (STATIC / "css" / "shared").iterdir()}


def scripts() -> list[Path]:
    return sorted((STATIC / "js").rglob("*.js"))


def imports_of(path: Path) -> set[Path]:
    found = re.findall(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"', path.read_text())
    return {(path.parent / name).resolve() for name in found}


def test_every_script_is_imported_from_an_entry() -> None:
    entries = {STATIC / "js" / f"{name}.js" for name in ENTRIES}
    reached: set[Path] = set()
    waiting = set(entries)
    while waiting:
        path = waiting.pop()
        reached.add(path)
        waiting |= {each for each in imports_of(path) if "vendor" not in each.parts} - reached
    assert {path.resolve() for path in scripts()} == {path.resolve() for path in reached}


def test_scripts_share_nothing_but_what_they_import() -> None:
    for path in scripts():
        assert "globalThis" not in path.read_text(), path
        assert not re.search(r"window\.\w+ = ", path.read_text()), path


def test_the_csrf_token_is_read_in_one_module() -> None:
    readers = [path.name for path in scripts() if "csrf-token" in path.read_text()]
    assert readers == ["http.js"]


def test_every_behaviour_that_a_template_names_is_registered() -> None:
    source = "\n".join(path.read_text() for path in scripts())
    registered = set(re.findall(r'\bbehaviour\("([\w-]+)"', source))
    named = {
        name
        for path in TEMPLATES
        for value in re.findall(r'data-module="([^"{]*)', path.read_text())
        for name in value.split()
    }
    named |= {"drag", "move-keys", "calendar-days", "timeline-keys"}  # where cards may be moved
    assert named == registered


def test_the_fullest_card_stays_small() -> None:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {"iso_moment": iso_text, "moment": show_moment}
    card: dict[str, Any] = {
        "task_id": "0190a002-8b52-9b4a-97b7-50923ceb3ffd",
        "key": "WEB-1234",
        "title": "Import from a spreadsheet with a preview before anything is saved",
        "status": "in_progress",
        "priority": "urgent",
        "due_at": date(2026, 3, 1),
        "due_text": "1 Mar 2026",
        "assignee": {
            "display_name": "Ada Lindqvist",
            "initials": "AL",
            "hue": 3,
            "picture_address": None,
        },
        "tags": [],
        "more_tags": 0,
        "comment_count": 12,
        "attachment_count": 3,
        "checklist_done": 2,
        "checklist_total": 5,
        "facts": [{"icon": "clock", "title": "Estimate", "text": "2.5"}],
        "version": 41,
        "url": "/tasks/0190a002-8b52-9b4a-97b7-50923ceb3ffd",
        "cover": None,
        "shared_picture": None,
    }
    html = environment.get_template("tasks/_card.html").render(card=card)
    assert len(re.findall(r"<\w", html)) <= CARD_ELEMENTS
    picture = f"/people/{card['task_id']}/picture/0123456789abcdef"
    with_picture = environment.get_template("tasks/_card.html").render(
        card=card | {"assignee": {**card["assignee"], "picture_address": picture}}
    )
    assert len(re.findall(r"<\w", with_picture)) <= CARD_ELEMENTS + 1
    with_tags = environment.get_template("tasks/_card.html").render(
        card=card | {"tags": ["design", "api", "mobile"]}
    )
    assert len(with_tags.encode()) <= CARD_BYTES
