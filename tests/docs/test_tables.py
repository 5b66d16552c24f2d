"""What the code lists in a table is documented, entry by entry, and nothing is documented that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask

from taskforge.cli import group
from taskforge.events import Event
from taskforge.faults import POINTS
from taskforge.messaging.keys import FAMILIES, KeyFamily
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.invariants import CHECKS
from taskforge.teams.permissions import Permission, Role
from tests.docs.pages import ROOT, read_first_cells, read_page

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
NOT_A_PAGE = "/api/"
IN_A_TASKS_HISTORY = [
    event.value
    for event in Event
    if event.startswith(("task.", "comment.", "attachment.")) and event != "task.purged"
]


def test_every_permission_is_documented_with_the_roles_that_begin_with_it() -> None:
    rows = re.findall(
        r"^\| `(\w+\.\w+)` \| (.*?) \| (.*?) \| (.*?) \|", read_page("docs/api.md"), re.M
    )
    documented = {name: [cell.strip() == "yes" for cell in cells] for name, *cells in rows}
    assert documented == {
        permission.value: [role in permission.default_roles for role in Role]
        for permission in Permission
    }


def test_every_notification_kind_is_documented() -> None:
    assert read_first_cells("docs/api.md", "Kind") == {kind.value for kind in NotificationKind}


def test_every_event_of_a_history_is_documented() -> None:
    section = read_page("docs/api.md").partition("## History and notifications")[2]
    named = set(
        re.findall(
            r"`((?:task|comment|attachment)\.\w+)`",
            section.partition("\n\n")[2].partition("\n\n")[0],
        )
    )
    assert named == set(IN_A_TASKS_HISTORY)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_redis_key_is_documented_with_its_lifetime(family: KeyFamily) -> None:
    row = re.search(
        rf"^\| `{re.escape(family.pattern)}` \| .* \| (\d+) (\w+?)s?(?: at most)? \|$",
        read_page("docs/databases.md"),
        re.M,
    )
    assert row, f"docs/databases.md lacks {family.pattern}"
    assert int(row[1]) * SECONDS[row[2]] == family.ttl_seconds


def test_every_invariant_is_explained() -> None:
    rows = re.findall(r"^\| (I\d+) \|", read_page("docs/glossary.md"), re.M)
    assert rows == list(CHECKS)


def test_every_page_has_its_address_documented(app: Flask) -> None:
    served = {
        (re.sub(r"<\w+(\([^)]*\))?:", "<", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith(NOT_A_PAGE)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = set()
    for names, methods in re.findall(
        r"^\| (`/.*?) \| ([A-Z, ]+) \|", read_page("docs/addresses.md"), re.M
    ):
        for name in re.findall(r"`([^`]+)`", names):
            documented |= {(name, method) for method in methods.split(", ")}
    in_front_of_flask = {("/live/boards/<board_id>", "GET"), ("/live/inbox", "GET")}
    assert documented - in_front_of_flask == {
        (rule.replace("fingerprint_given", "fingerprint"), method) for rule, method in served
    }


def test_every_command_is_documented(app: Flask) -> None:
    commands = {f"taskforge {name}" for name in list_commands(group)} | {"ensure-indexes"}
    named = read_first_cells("docs/operations.md", "command")
    assert named - {"db upgrade"} == commands


def list_commands(group: click.Group) -> Iterator[str]:
    """The names of a group's commands, those of groups inside it with the name of their group."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from (f"{name} {inner}" for inner in list_commands(command))
        else:
            yield name


def test_every_table_is_documented(app: Flask) -> None:
    tables = set(app.extensions["sqlalchemy"].metadata.tables)
    section = (
        read_page("docs/databases.md").partition("## PostgreSQL")[2].partition("## MongoDB")[0]
    )
    assert tables - set(re.findall(r"`(\w+)`", section)) == set()


def test_the_crash_points_that_pages_name_exist() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for name in re.findall(r"TASKFORGE_FAULT=([\w.]+)", page.read_text()):
            assert name in POINTS
