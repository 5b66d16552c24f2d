"""Two changes of one profile: which of them can both be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.accounts.documents import BIO_LENGTH
from taskforge.accounts.field_conflicts import merge_lines
from taskforge.accounts.notification_preferences import spread


def merge_profile(name: str, base: Any, mine: Any, theirs: Any) -> Any | None:
    """Two changes of the bio line by line, of the preferences one by one."""
    if name == "bio":
        merged = merge_lines(base, mine, theirs)
        return None if merged is None or len(merged) > BIO_LENGTH else merged
    if name != "preferences":
        return None
    return merge_preferences(_spread(base), mine, _spread(theirs))


def _spread(preferences: Mapping[str, Any]) -> dict[str, Any]:
    """Preferences with every cell of their matrix: one that is stored no more has its default, and is compared."""
    return {**preferences, "notifications": spread(preferences.get("notifications") or {})}


def merge_preferences(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Two changes of preferences, of which `mine` may name some only; None where they stand against each other."""
    both = dict(theirs)
    for name, value in mine.items():
        was, stored = base.get(name), theirs.get(name)
        if isinstance(value, Mapping):
            both[name] = merge_preferences(was or {}, value, stored or {})
            if both[name] is None:
                return None
        elif value in (was, stored):
            continue
        elif stored != was:
            return None
        else:
            both[name] = value
    return both
