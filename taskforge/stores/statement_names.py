"""Names of statements for logs: where the constant stands in our code. No value is ever part of a name."""

from __future__ import annotations

import hashlib
import re
import sys
from functools import cache
from typing import Any

from sqlalchemy import TextClause

MAX_WORDS = 6
_prepared: dict[str, str] = {}  # by name; a few hundred constants of ours
_PREPARED = re.compile(r"EXECUTE (taskforge_[0-9a-f]+)")
_PARAMETER = re.compile(r"%\(\w+\)s|%s|(?<!:):\w+")
_TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b")


def name_statement(query: Any) -> str:
    """The names of a query's statements, such as ``tasks.board.queries.CARDS``.

    A statement that is no constant of ours is told by its verb, its tables and a hash of its text.
    """
    text = query.decode(errors="replace") if isinstance(query, bytes) else str(query)
    prepared = _PREPARED.findall(text)
    names = [
        _constants().get(each) or (_summary(_prepared[each]) if each in _prepared else each)
        for each in prepared
    ]
    return ", ".join(names) if names else _constants().get(_form(text)) or _summary(text)


def prepared_name(statement: str) -> str:
    """The name under which PostgreSQL keeps a prepared statement."""
    name = f"taskforge_{hashlib.sha256(statement.encode()).hexdigest()[:16]}"
    _prepared[name] = statement
    return name


@cache
def _constants() -> dict[str, str]:
    """The names of all constants with SQL, by prepared name and by form. Made when a statement is slow first."""
    found: dict[str, str] = {}
    for module_name, module in sorted(sys.modules.items()):
        if not module_name.startswith("taskforge."):
            continue
        for name, value in list(vars(module).items()):
            if not name.isupper():
                continue  # stand-ins such as Flask-Login's would ask a store for their class
            statement = value.text if isinstance(value, TextClause) else value
            if isinstance(statement, str) and "\n" in statement:
                told = f"{module_name.removeprefix('taskforge.')}.{name.lstrip('_')}"
                found.setdefault(prepared_name(statement), told)
                found.setdefault(_form(statement), told)
    return found


def _form(statement: str) -> str:
    """A statement without the names of its parameters, which SQLAlchemy writes in another way than we do."""
    return " ".join(_PARAMETER.sub("?", statement).replace("%%", "%").split())


def _summary(statement: str) -> str:
    verb = statement.split(None, 1)[0].upper() if statement.strip() else "nothing"
    tables = list(dict.fromkeys(_TABLE.findall(statement)))[:MAX_WORDS]
    return " ".join(
        [verb, *tables, f"#{hashlib.sha256(_form(statement).encode()).hexdigest()[:8]}"]
    )
