"""Every key in Redis comes from one table, and each of them expires."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from taskforge.admin import doctor_probes
from taskforge.ids import new_id
from taskforge.messaging import document_cache, keys, online, queues, unread_counter
from taskforge.messaging.redis_client import redis_client
from tests.factories import Person, Team, csrf_token, make_task

CODE = Path(keys.__file__).parents[1]
TABLE = Path(keys.__file__)
OURS = (*(family.prefix for family in keys.FAMILIES), keys.BOARD_CHANNEL_PREFIX)


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """The text constants of a module, those in f-strings too, with their lines; docstrings are none."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            if isinstance(node.value, bytes):
                yield node.lineno, node.value.decode("latin-1")
            elif isinstance(node.value, str):
                yield node.lineno, node.value


def test_no_literal_of_a_key_stands_outside_the_table() -> None:
    found = [
        f"{path.relative_to(CODE)}:{line}: {text[:60]}"
        for path in CODE.rglob("*.py")
        if path != TABLE
        for line, text in texts_of(path)
        if text.startswith((*OURS, "ratelimit"))
    ]
    assert found == []


def test_no_family_begins_like_another() -> None:
    for one in keys.FAMILIES:
        others = [family for family in keys.FAMILIES if family is not one]
        assert not [other.name for other in others if other.prefix.startswith(one.prefix)]


@pytest.mark.parametrize("family", keys.FAMILIES, ids=lambda family: family.name)
def test_every_family_expires_and_says_what_its_loss_means(family: keys.KeyFamily) -> None:
    assert family.ttl_seconds > 0
    assert family.loss.endswith(".")


def test_what_the_application_writes_is_in_the_table_and_expires(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    browser = ada.browser()
    fields = {"csrf_token": csrf_token(browser), "op": new_id(), "content": "Hello"}
    browser.post(f"/tasks/{task_id}/comments/create", data=fields)
    assert browser.get(f"/tasks/{task_id}").status_code == 200
    with app.app_context():
        document_cache.set_documents("comment", {new_id(): (1, b"x")})
        unread_counter.set_unread(ada.user_id, 1)
        online.mark_online(ada.user_id)
        queues.wake(queues.AUDIT)
        client = redis_client()
        written = [key.decode() for key in client.scan_iter() if not key.startswith(b"rq:")]
        assert written
        for key in written:
            family = next(one for one in keys.FAMILIES if key.startswith(one.prefix))
            assert 0 < client.ttl(key) <= family.ttl_seconds, key


def test_every_family_of_the_module_is_in_the_table() -> None:
    declared = {name: one for name, one in vars(keys).items() if isinstance(one, keys.KeyFamily)}
    assert set(declared.values()) == set(keys.FAMILIES), sorted(declared)


@pytest.mark.parametrize("family", keys.FAMILIES, ids=lambda family: family.name)
def test_the_doctor_finds_a_key_of_every_family_that_never_expires(
    app: Flask, family: keys.KeyFamily
) -> None:
    key = f"{family.prefix}never"
    with app.app_context():
        redis_client().set(key, "x")
        check = doctor_probes.probes().checks["I11"]
        assert [violation.entity_id for violation in check()] == [key]
        doctor_probes.remedies()["let expire"](list(check()))
        assert redis_client().ttl(key) > 0
        redis_client().delete(key)
