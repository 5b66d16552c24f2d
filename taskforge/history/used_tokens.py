"""The API token by which something was done, as the audit event notes it (`taskforge.stores.actor.BY_PROGRAM`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.stores.actor import BY_PROGRAM


def describe_token(state: Mapping[str, Any] | None) -> str:
    """The end of a sentence about an event with this new state: `` by the token “CI”``, or nothing.

    The name of a token is its person's: it goes when they delete their account.
    """
    name = ((state or {}).get(BY_PROGRAM) or {}).get("name")
    return f" by the token “{name}”" if name else ""
