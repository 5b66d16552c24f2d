"""The browser's parser of quick-add lines, by the same table of cases as the server's."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Route

from tests.corpus.quick_add import CASES, PEOPLE

STATIC = Path(__file__).parents[2] / "static"
READ_LINES = """async ([people, lines]) => {
    const { parseLine } = await import("/source/js/quick-add/parse-line.js");
    return lines.map(([line, today]) => parseLine(line, people, today));
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
        said["notes"] = [[note["kind"], note["word"]] for note in said["notes"]]
        if said != case.expected:
            wrong.append((case.line, said))
    assert wrong == []
