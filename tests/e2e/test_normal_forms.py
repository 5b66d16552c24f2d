"""The browser finds names as the server does, by the same table of cases."""

from __future__ import annotations

from playwright.sync_api import Page

from taskforge.text.normal_form import fold_for_finding
from tests.boards.test_normal_form import FORMS
from tests.corpus.mentions import CASES, PEOPLE
from tests.corpus.pasted import CASES as PASTED_CASES
from tests.e2e.test_quick_add_parser import serve_source

FIND = """async ([people, texts]) => {
    const { findMentions, findMentioned } = await import("/source/js/mentions/find-mentions.js");
    const nameAll = (name) => [name, findMentioned(name, people).map((one) => one.display_name)];
    return texts.map((text) => findMentions(text).map(nameAll));
}"""
FOLD = """async (texts) => {
    const { foldForFinding } = await import("/source/js/lib/normal-form.js");
    return texts.map(foldForFinding);
}"""


def test_the_browser_finds_whom_the_table_says(page: Page) -> None:
    page.goto("/")
    page.route("**/source/js/**", serve_source)
    people = [person.describe() for person in PEOPLE]
    found = page.evaluate(FIND, [people, [case.text for case in CASES]])
    wrong = [
        (case.text, said) for case, said in zip(CASES, found, strict=True) if said != case.found
    ]
    assert wrong == []


def test_the_browser_has_the_same_form_for_finding(page: Page) -> None:
    page.goto("/")
    page.route("**/source/js/**", serve_source)
    assert page.evaluate(FOLD, FORMS) == [fold_for_finding(written) for written in FORMS]


PASTED = """async (texts) => {
    const { cleanPasted, splitLines } = await import("/source/js/lib/pasted.js");
    return texts.map((text) => [cleanPasted(text), splitLines(text)]);
}"""


def test_the_browser_reads_pasted_texts_as_the_table_says(page: Page) -> None:
    page.goto("/")
    page.route("**/source/js/**", serve_source)
    found = page.evaluate(PASTED, [case.text for case in PASTED_CASES])
    wrong = [
        (case.origin, said)
        for case, said in zip(PASTED_CASES, found, strict=True)
        if said != [case.clean, case.lines]
    ]
    assert wrong == []
