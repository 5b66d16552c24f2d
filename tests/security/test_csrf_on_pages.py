"""No page changes anything for a request that another site could have made a browser send."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from taskforge.http.cross_site import BY_ADDRESS
from tests.factories import Person, csrf_token
from tests.security.traces import KNOWN_ID, snapshot

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def unsafe_pages(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & UNSAFE)
        if not rule.rule.startswith(("/api/", BY_ADDRESS))
    ]


def address(rule: Rule) -> str:
    first_choices = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule.rule)
    return re.sub(r"<[^>]+>", KNOWN_ID, first_choices)


@pytest.mark.parametrize(
    "fault", ["no token", "another's token", "another site", "another origin", "no origin"]
)
def test_every_unsafe_page_refuses_what_is_not_its_own_form(
    app: Flask, ada: Person, eve: Person, fault: str
) -> None:
    browser, other = ada.browser(), eve.browser()
    sender = other if fault == "another's token" else browser
    fields = {} if fault == "no token" else {"csrf_token": csrf_token(sender)}
    headers = {
        "another site": {"Sec-Fetch-Site": "cross-site"},
        "another origin": {"Origin": "https://localhost.evil.example"},
        "no origin": {"Origin": "null"},
    }.get(fault, {})
    before = snapshot(app)
    for rule, method in unsafe_pages(app):
        answer = browser.open(address(rule), method=method, data=fields, headers=headers)
        assert answer.status_code == 403, f"{method} {rule.rule}"
    after = snapshot(app)
    assert after == before


def test_there_are_pages_to_try(app: Flask) -> None:
    assert len(unsafe_pages(app)) > 25
