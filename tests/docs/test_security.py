"""Every requirement of docs/security.md is proved by tests that exist, or says what will bring it."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.docs.pages import ROOT, read_page

REQUIREMENTS = 72
_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.M)
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
ROWS = _ROW.findall(read_page("docs/security.md"))


@cache
def list_tests(path: str) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / "tests" / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_all_requirements_are_there_in_order() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, REQUIREMENTS + 1))


@pytest.mark.parametrize(("number", "requirement", "proof"), ROWS, ids=[row[0] for row in ROWS])
def test_each_is_proved_by_tests_that_exist(number: str, requirement: str, proof: str) -> None:
    named = _TEST.findall(proof)
    missing = [f"{path}::{name}" for path, name in named if f"test_{name}" not in list_tests(path)]
    assert missing == []
    assert named or re.fullmatch(r"not yet: .{5,}", proof), requirement
