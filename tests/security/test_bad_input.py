"""No route lets malformed input in: the corpus against every rule of the URL map.

What is malformed is refused by the request guard, before anybody is asked who they are, so these tests need
no account; values that are well-formed but wrong for their field are tested with their feature.
Every rule meets one case of every sort, another one each; two rules meet all of them.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

import pytest
from flask import Flask
from werkzeug.routing import Rule

from taskforge.http.request_guard import METHODS_WITH_BODY
from tests.corpus import BadInput, select, send
from tests.security.traces import KNOWN_ID, snapshot

IN_ADDRESS = {"query", "raw_query"}
IN_JSON_BODY = {"json", "api_body"}
IN_FORM_BODY = {"form", "raw_form", "page_body"}
SECONDS_FOR_A_REFUSAL = 1.0  # of this thread's processor time
TAKES_FILES = {
    "accounts.change_picture",
    "api_users.change_picture",
    "attachments.create",
    "attachments.create_for_comment",
    "api_attachments.attach_to_task",
    "api_attachments.attach_to_comment",
}


def rules(app: Flask) -> list[Rule]:
    """The rules in a fixed order, without those whose answer never ends."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def address(rule: Rule, bad: str | None = None) -> str:
    """The rule with every argument filled in, and ``{bad}`` in the place of one of them."""

    def filled(match: re.Match[str]) -> str:
        if match["name"] == bad:
            return "{bad}"
        if first_choice := re.match(r"any\((\w+)", match["kind"] or ""):
            return first_choice[1]
        if length := re.match(r"string\(length=(\d+)\)", match["kind"] or ""):
            return "a" * int(length[1])
        return "1" if (match["kind"] or "").startswith("int") else KNOWN_ID

    return re.sub(r"<(?P<kind>[^:<>]+:)?(?P<name>[^<>]+)>", filled, rule.rule)


def fits(case: BadInput, rule: Rule, method: str) -> bool:
    """Whether the case can reach the rule by the method."""
    is_api = rule.rule.startswith("/api/")
    if rule.endpoint in TAKES_FILES and (case.content_type or "").startswith("multipart/"):
        return False
    if case.where in IN_ADDRESS:
        return method == "GET"
    if case.where in {"path", "header", "method", "raw_path"}:
        return method == "GET" and (case.where != "path" or bool(rule.arguments))
    if method not in METHODS_WITH_BODY:
        return False
    if case.where == "body":
        is_json = (case.content_type or "").startswith("application/json")
        return case.group in {"type", "compressed"} or is_json == is_api
    return case.where in (IN_JSON_BODY if is_api else IN_FORM_BODY)


def share(rule_number: int, rule: Rule, method: str) -> Iterator[BadInput]:
    """One case of every sort for this rule; the next rule gets the next one."""
    sorts: dict[tuple[str, str], list[BadInput]] = defaultdict(list)
    for case in select(kind={"any"}):
        if fits(case, rule, method):
            sorts[case.group, case.where].append(case)
    for cases in sorts.values():
        yield cases[rule_number % len(cases)]


def check(app: Flask, case: BadInput, rule: Rule, method: str) -> None:
    client = app.test_client(use_cookies=False)
    for bad in sorted(rule.arguments) if case.where == "path" else [None]:
        began = time.thread_time()
        with send(client, case, address(rule, bad), method=method) as answer:
            seconds = time.thread_time() - began
            where = f"{case.name} to {method} {rule.rule}: {answer.status_code}"
            assert answer.status_code in case.statuses, where
            assert seconds < SECONDS_FOR_A_REFUSAL, where


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_route_refuses_malformed_input_and_stores_nothing(app: Flask) -> None:
    before = snapshot(app)
    for number, rule in enumerate(rules(app)):
        for method in methods(rule):
            for case in share(number, rule, method):
                check(app, case, rule, method)
    assert snapshot(app) == before


@pytest.mark.parametrize("prefix", ["/api/", "/"])
def test_the_whole_corpus_is_refused_by_one_api_route_and_one_page(app: Flask, prefix: str) -> None:
    is_api = prefix == "/api/"
    chosen = [
        (rule, method)
        for rule in rules(app)
        for method in methods(rule)
        if rule.rule.startswith("/api/") == is_api and method in {"GET", "POST"}
    ]
    before = snapshot(app)
    for method in ("GET", "POST"):
        candidates = [rule for rule, allowed in chosen if allowed == method]
        with_arguments = [rule for rule in candidates if rule.arguments]
        for rule in chain(candidates[:1], with_arguments[:1]):
            for case in select(kind={"any"}):
                if fits(case, rule, method):
                    check(app, case, rule, method)
    assert snapshot(app) == before
