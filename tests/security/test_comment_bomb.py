"""Texts made to keep a server busy: a page that shows them answers soon, and shows what was written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import escape

import pytest
from flask import Flask

from taskforge.comments.service import create_comment
from taskforge.errors import ClientLeft
from taskforge.text import effort, markdown
from taskforge.text.html_cache import HtmlCache
from tests.factories import Person, make_task, make_team
from tests.pages import Page, visit
from tests.processor_time import processor_seconds

BOMBS = {
    "open images": "![" * 9990,
    "open brackets": "[" * 19_900,
    "stars": "*a_ " * 4_900,
    "nested quotes over lazy lines": "> " * 60 + "a\n" + "a\n" * 9_000,
    "a wide table": "|" * 100 + "\n" + "|-" * 99 + "|\n" + "|x\n" * 195,
    "reference definitions": "".join(f"[{number}]: http://a\n" for number in range(900)),
    "headings": "# a\n" * 4_900,
    "list items": "1) a\n" * 3_900,
    "names in a script without spaces": ("@" + "漢" * 63 + " ") * 307,
    "short names": "".join(f"@ab{number} " for number in range(2_200)),
    "backticks": "".join("`" * count + "a" for count in range(1, 190)),
}


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[HtmlCache]:
    cache = HtmlCache()
    monkeypatch.setattr(markdown, "_rendered", cache)
    yield cache
    effort.end_request()


def bombed_task(app: Flask, person: Person, unit: str, count: int) -> str:
    task_id = make_task(person, make_team(person))
    with app.app_context():
        for number in range(count):
            create_comment(person.actor, task_id, content=f"{number} {unit}")
    return task_id


def opened_within_two_seconds(person: Person, task_id: str) -> Page:
    browser = visit(person)
    pages: list[Page] = []
    assert processor_seconds(lambda: pages.append(browser.open(f"/tasks/{task_id}"))) < 2.0
    return pages[0]


@pytest.mark.parametrize("unit", BOMBS.values(), ids=BOMBS.keys())
def test_a_page_of_bombs_takes_at_most_two_seconds_of_processor_time(
    app: Flask, ada: Person, unit: str
) -> None:
    task_id = bombed_task(app, ada, unit, 40)
    page = opened_within_two_seconds(ada, task_id)
    assert page.status == 200
    assert page.html.count('id="comment-') >= 40


def test_the_hundred_comments_that_took_92_seconds(app: Flask, ada: Person) -> None:
    task_id = bombed_task(app, ada, BOMBS["open images"], 100)
    page = opened_within_two_seconds(ada, task_id)
    assert "99 ![![" in page.html


@pytest.mark.parametrize("unit", BOMBS.values(), ids=BOMBS.keys())
def test_no_text_takes_more_than_half_a_second(unit: str) -> None:
    assert processor_seconds(lambda: markdown.render_markdown(unit)) < 0.5


def test_a_text_that_takes_too_much_work_is_shown_as_it_was_typed() -> None:
    text = "**Hello** <b>\n" + "![" * 5_000
    assert escape(text, quote=False) in str(markdown.render_markdown(text))


def test_a_page_without_time_left_shows_the_rest_as_typed_and_the_next_page_formats_it() -> None:
    effort.begin_request(lambda: False)
    with effort.metered(""):
        _burn(effort.REQUEST_SECONDS * 1.2)
    late = markdown.render_markdown("**late**")
    assert late == f"<p><em>{markdown.OUT_OF_TIME}</em></p><pre>**late**</pre>"
    effort.begin_request(lambda: False)
    assert "<strong>late</strong>" in markdown.render_markdown("**late**")


def test_a_text_is_formatted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = markdown.render_markdown("**once** " * 1_000)
    monkeypatch.setattr(markdown, "_render", lambda text: pytest.fail("formatted again"))
    assert markdown.render_markdown("**once** " * 1_000) is first


def test_the_cache_of_texts_is_bounded(empty_cache: HtmlCache) -> None:
    texts = (f"{number} " + "&" * 19_000 for number in range(80))
    assert sum(len(markdown.render_markdown(one)) for one in texts) > 7_000_000
    assert empty_cache.size <= 6_000_000


def _burn(seconds: float) -> None:
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass


def test_formatting_stops_when_nobody_waits_for_the_page() -> None:
    effort.begin_request(lambda: True)
    with pytest.raises(ClientLeft):
        markdown.render_markdown("**a** " * 600)
