"""Statuses and priorities stand in one table each: nowhere else is there a list of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from taskforge.boards.statuses import STATUSES
from taskforge.tasks.priorities import PRIORITIES, Priority

ROOT = Path(__file__).parents[2] / "taskforge"
TABLES = {"boards/statuses.py", "tasks/priorities.py"}
# Which of them a demonstration uses how often is its own matter.
PLAYS = {"demo/story.py", "demo/scenario.py", "demo/words.py", "onboarding/tutorial.py"}


def collections(tree: ast.AST) -> list[set[str]]:
    """The words of every list, tuple, set and dictionary (its keys) that is written out."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            words = node.elts
        elif isinstance(node, ast.Dict):
            words = [key for key in node.keys if key is not None]
        else:
            continue
        found.append({word.value for word in words if isinstance(word, ast.Constant)})
    return found


@pytest.mark.parametrize("words", [STATUSES, PRIORITIES], ids=["statuses", "priorities"])
def test_no_module_lists_them_again(words: tuple[str, ...]) -> None:
    for path in sorted(ROOT.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name in TABLES | PLAYS:
            continue
        for listed in collections(ast.parse(path.read_text())):
            assert len(listed & set(words)) < 3, f"{name} lists {sorted(listed)}"


def test_priorities_are_in_their_order() -> None:
    assert [priority.order for priority in Priority] == list(range(1, len(PRIORITIES) + 1))
