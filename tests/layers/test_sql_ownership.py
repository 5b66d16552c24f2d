"""Whose tables SQL names: a feature names its own; those of others only by fragments that the owner exports.

The strings of a module are what is written in it: a fragment that is put into an f-string belongs to the module that
it comes from. Model declarations are the tables' definition and are left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "taskforge"
OWNERS = {
    "accounts": {
        "users",
        "user_sessions",
        "admin_claims",
        "account_links",
        "pending_registrations",
        "totp_secrets",
        "recovery_codes",
        "passkeys",
        "api_tokens",
        "notification_settings",
    },
    "teams": {
        "teams",
        "team_memberships",
        "effective_memberships",
        "permissions",
        "role_permissions",
        "invitations",
        "join_links",
    },
    "boards": {"boards", "columns", "board_people", "board_view_preferences"},
    "tasks": {"saved_views", "tasks", "view_feeds"},
    "comments": {"comments"},
    "notifications": {
        "notifications",
        "notification_mails",
        "notification_bundles",
        "task_watches",
        "board_watches",
        "task_reminders",
        "due_notices",
        "push_subscriptions",
        "push_intents",
    },
    "attachments": {"attachments", "team_files"},
    "audit": {"audit_chain"},
    "reports": {"task_transitions", "transition_progress", "week_mails"},
    "search_entries": {"search_entries", "search_progress"},
    "mail": {"mail_intents"},
    "history": {"board_snapshots"},
    "leaving": {"account_exports", "account_export_parts", "account_erasures"},
}
# From the lowest; the stores' own tables (audit_logs, outbox, ...) lie below all of them.
ORDER = (
    "search_entries",
    "audit",
    "mail",
    "accounts",
    "teams",
    "boards",
    "tasks",
    "comments",
    "attachments",
    "notifications",
    "history",
    "leaving",
)
OWNER_OF = {table: owner for owner, tables in OWNERS.items() for table in tables}
FEATURES = (*ORDER, "analytics", "search", "onboarding", "identity", "admin", "demo")
_NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+([a-z_]+)\b")
_ITEM = re.compile(r"^([a-z_]+) [a-z]{1,2}$")  # a fragment of a FROM clause: "tasks k"


def modules(package: str) -> Iterator[Path]:
    for path in sorted((ROOT / package).rglob("*.py")):
        if path.name != "models.py":
            yield path


def sql_strings(path: Path) -> Iterator[str]:
    """The SQL that stands in a module, the gaps of f-strings as ``?``; docstrings left out.

    A table of SQLAlchemy Core, ``table("tasks", ...)``, counts as ``FROM tasks``.
    """
    tree = ast.parse(path.read_text())
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(part) for part in node.values}
            words = (part.value if isinstance(part, ast.Constant) else "?" for part in node.values)
            yield "".join(map(str, words))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            if node.func.id == "table" and isinstance(node.args[0], ast.Constant):
                yield f"FROM {node.args[0].value}"
        elif isinstance(node, ast.Constant) and id(node) not in prose | parts:
            yield str(node.value)


def foreign_tables(path: Path, package: str) -> set[str]:
    return {
        table
        for string in sql_strings(path)
        for table in (*_NAMED.findall(string), *_ITEM.findall(string))
        if OWNER_OF.get(table, package) != package
    }


@pytest.mark.parametrize("package", FEATURES)
def test_no_feature_names_a_table_of_a_feature_above_it(package: str) -> None:
    above = set(ORDER[ORDER.index(package) + 1 :]) if package in ORDER else set()
    found = {
        f"{path.relative_to(ROOT)}: {table}"
        for path in modules(package)
        for table in foreign_tables(path, package)
        if OWNER_OF[table] in above
    }
    assert found == set()


@pytest.mark.parametrize("package", FEATURES)
def test_a_feature_names_the_tables_of_others_only_through_their_fragments(package: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {table}"
        for path in modules(package)
        for table in foreign_tables(path, package)
    }
    assert found == set()


@pytest.mark.parametrize("package", FEATURES)
def test_fragments_that_join_come_from_the_queries_of_their_owner(package: str) -> None:
    imported = re.compile(r"^from taskforge\.(\w+)\.([\w.]+) import (\([^)]*\)|.*)", re.MULTILINE)
    for path in modules(package):
        for owner, module, names in imported.findall(path.read_text()):
            if owner in OWNERS and re.search(r"\b(?:left_)?join_\w+", names):
                assert module == "queries", f"{path}: {owner}.{module}"


def test_every_table_has_an_owner() -> None:
    declared = {
        (path.relative_to(ROOT).parts[0], name)
        for path in ROOT.rglob("models.py")
        for name in re.findall(r'__tablename__ = "(\w+)"', path.read_text())
    }
    owned = {(owner, table) for owner, tables in OWNERS.items() for table in tables}
    # The chain's table is declared with the log that it seals, in the stores.
    assert owned - {("audit", "audit_chain")} == {one for one in declared if one[0] != "stores"}


def test_the_scan_sees_what_it_looks_for(tmp_path: Path) -> None:
    module = tmp_path / "queries.py"
    module.write_text(
        '"""Doc: FROM users."""\nT = "tasks k"\nA = f"SELECT 1 FROM {T} JOIN users u USING (x)"\n'
        'B = """\n    UPDATE boards\n    SET x = 1\n"""\nC = "DELETE FROM comments WHERE a"\n'
        'D = table("teams", column("team_id"))\n'
    )
    assert foreign_tables(module, "tasks") == {"users", "boards", "comments", "teams"}
    assert foreign_tables(module, "history") == {"users", "boards", "comments", "teams", "tasks"}
