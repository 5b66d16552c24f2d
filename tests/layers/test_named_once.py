"""What one table declares is named through it: no literal of an event, a permission or a kind stands elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforge.boards.statuses import Status
from taskforge.events import Event, find_event
from taskforge.notification_kinds import NotificationKind, Subject, find_kind
from taskforge.teams.permissions import Permission, Role, default_rows

ROOT = Path(__file__).parents[2] / "taskforge"
TABLES = {"events.py", "teams/permissions.py", "notification_kinds.py", "boards/statuses.py"}
NAMES = {*map(str, Event), *map(str, Permission), "added_to_team", "in_progress", "in_review"}


def literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_name_of_a_table_stands_elsewhere() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {literal}"
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in TABLES
        for literal in literals(path)
        if literal in NAMES
    }
    assert found == set()


def test_an_event_says_what_it_changes_and_how_it_is_shown() -> None:
    for event in Event:
        assert event.entity_type in (
            "user",
            "team",
            "board",
            "task",
            "comment",
            "attachment",
            "view",
        )
        assert event.action
        shown_on_task = event.entity_type in ("task", "comment", "attachment")
        shown_on_board = event.entity_type == "board" or shown_on_task
        assert bool(event.on_board) is shown_on_board, event
        assert bool(event.on_task) is shown_on_task, event
        assert find_event(event.value) is event
    assert find_event("something.else") is None


def test_a_sentence_needs_only_words_that_the_inbox_has() -> None:
    words = {
        "actor": "Ada",
        "task": "WEB-1 “Paint”",
        "column": "Done",
        "team": "“Web”",
        "device": "Firefox",
        "day": "24 Dec 2026",
        "cards": "2 cards",
        "person": "Grace",
        "due": "24 Dec 2026",
        "role": "a guest",
    }
    for kind in NotificationKind:
        sentence = kind.sentence.format(**words)
        assert sentence.startswith("Ada ") or "{actor}" not in kind.sentence
        assert isinstance(kind.subject, Subject)
        assert find_kind(kind.value) is kind
    assert find_kind("unknown") is None


def test_numbers_of_permissions_are_unique_and_admins_hold_all() -> None:
    assert len({one.number for one in Permission}) == len(Permission)
    assert all(Role.ADMIN in one.default_roles for one in Permission)
    rows = default_rows("a team")
    for role in Role:
        held = {row["permission_id"] for row in rows if row["role"] == role}
        assert held == {one.number for one in Permission if role in one.default_roles}


@pytest.mark.parametrize("status", list(Status))
def test_a_status_has_a_column_of_its_own_hue(status: Status) -> None:
    assert status.label
    assert status.column_name
    assert [one.hue for one in Status].count(status.hue) == 1
