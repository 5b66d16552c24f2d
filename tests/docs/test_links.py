"""Every link from one page to another file leads somewhere, also to a heading."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, list_pages, read_page

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.M)


def anchors_of(page: str) -> set[str]:
    """The anchors that GitHub makes of the headings of a page."""
    headings = [re.sub(r"[^\w\- ]", "", each.lower()) for each in _HEADING.findall(read_page(page))]
    return {each.strip().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", list_pages())
def test_links_lead_to_files_and_headings_that_exist(page: str) -> None:
    dead = [link for link in _LINK.findall(read_page(page)) if not is_alive(page, link)]
    assert dead == []


def is_alive(page: str, link: str) -> bool:
    """Whether a link of a page leads somewhere; links to other sites are taken on trust."""
    address, _, anchor = link.partition("#")
    if ":" in address:
        return True
    target = ((ROOT / page).parent / address).resolve() if address else ROOT / page
    if not target.exists():
        return False
    return not anchor or anchor in anchors_of(target.relative_to(ROOT).as_posix())


def test_no_page_is_out_of_reach_of_the_readme() -> None:
    reached, waiting = set[str](), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for link in _LINK.findall(read_page(page)):
            target = ((ROOT / page).parent / link.partition("#")[0]).resolve()
            if target.is_dir() and ROOT in target.parents:
                waiting += [each.relative_to(ROOT).as_posix() for each in target.glob("*.md")]
            elif target.suffix == ".md" and target.exists():
                waiting.append(target.relative_to(ROOT).as_posix())
    assert set(list_pages()) - reached == set()
