"""What the access matrix tries, and what an answer says of whoever asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def methods_of(rules: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    """Each rule with each method that a route of ours has declared."""
    for rule in rules:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def is_of_api(rule: Rule) -> bool:
    """Whether a route speaks JSON."""
    return rule.rule.startswith("/api/")


def outcome(answer: TestResponse) -> str:
    """The answer in the words of `expected_access.expected`; a complaint about the body is "in"."""
    led_to_login = "/login" in (answer.location or answer.headers.get("HX-Redirect", ""))
    if answer.status_code == 401 or (answer.status_code in (204, 302, 303) and led_to_login):
        return "log in"
    if answer.status_code >= 500:
        return f"error {answer.status_code}"
    return {403: "no", 404: "hidden"}.get(answer.status_code, "in")


def has_changed(method: str, answer: TestResponse) -> bool:
    """Whether the world may be another one now: a refusal, also of the body, stores nothing."""
    return method in UNSAFE and answer.status_code < 400 and outcome(answer) != "log in"
