"""The browser's parser of quick-add lines, by the same table of cases as the server's."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from taskforge.tasks.quick_add.syntax import parse_line
from tests.corpus.quick_add import CASES, PEOPLE, due_text

STATIC = Path(__file__).parents[2] / "static"
READ_LINES = """async ([people, lines]) => {
    const { parseLine } = await import("/source/js/quick-add/parse-line.js");
    return lines.map(([line, today]) => parseLine(line, people, today));
}"""

CLICK_CHIPS_AWAY = """async ([people, lines]) => {
    const { keepAsText, parseLine } = await import("/source/js/quick-add/parse-line.js");
    const say = ({ places, assignee, ...said }) => ({ ...said, assignee: assignee?.display_name ?? null });
    return lines.flatMap(([line, today]) => {
        const chips = Object.entries(parseLine(line, people, today).places);
        return chips.map(([chip, places]) => {
            const kept = keepAsText(line, places);
            return { line, today, chip, kept, said: say(parseLine(kept, people, today)) };
        });
    });
}"""


def serve_source(route: Route) -> None:
    """A module as it is written, before it is bundled."""
    name = route.request.url.partition("/source/")[2]
    route.fulfill(path=STATIC / name, content_type="text/javascript")


def test_the_browser_reads_every_line_as_the_server_does(page: Page) -> None:
    people = [person.describe() for person in PEOPLE]
    lines = [[case.line, case.today] for case in CASES]
    page.goto("/")
    page.route("**/source/js/**", serve_source)
    found = page.evaluate(READ_LINES, [people, lines])
    wrong = []
    for case, said in zip(CASES, found, strict=True):
        said["assignee"] = said["assignee"] and said["assignee"]["display_name"]
        del said["places"]
        said["notes"] = [[note["kind"], note["word"]] for note in said["notes"]]
        if said != case.expected:
            wrong.append((case.line, said))
    assert wrong == []


def test_every_chip_can_be_clicked_away_and_both_parsers_then_read_its_text_as_title(
    page: Page,
) -> None:
    people = [vars(person) for person in PEOPLE]
    page.goto("/")
    page.route("**/source/js/**", serve_source)
    lines = [[case.line, case.today] for case in CASES]
    clicked = page.evaluate(CLICK_CHIPS_AWAY, [people, lines])
    assert len(clicked) > 100
    for one in clicked:
        said, by_server = one["said"], read_on_server(one["kept"], one["today"])
        assert said == by_server, one
        before = read_on_server(one["line"], one["today"])
        assert said["title"] != before["title"], one
        if one["chip"] == "due":
            assert said["due"] is None, one
        elif one["chip"].startswith("#"):
            assert one["chip"][1:] not in said["tags"], one
        else:
            assert said[one["chip"]] != before[one["chip"]], one


def read_on_server(line: str, today: str) -> dict[str, Any]:
    names = {person.user_id: person.display_name for person in PEOPLE}
    found = parse_line(line, PEOPLE, date.fromisoformat(today))
    return {
        "title": found.title,
        "assignee": names.get(found.assignee_id or ""),
        "priority": found.priority,
        "tags": found.tags,
        "due": due_text(found),
        "notes": [{"kind": note.kind, "word": note.word} for note in found.notes],
    }
