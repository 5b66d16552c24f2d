"""People for the templates of the administration."""

from __future__ import annotations

from typing import Any

from taskforge.stores import sql
from taskforge.text.devices import describe_device
from taskforge.text.people import Person


def show_person(row: sql.Row) -> dict[str, Any]:
    """A row of `taskforge.teams.directory`, with the ``person`` for the avatar."""
    return {
        **row,
        "person": Person(row["user_id"], row["display_name"]),
        "is_suspended": row["suspended_at"] is not None,
        "has_two_factor": row["two_factor_at"] is not None,
        "is_confirmed": row["email_verified_at"] is not None,
    }


def show_session(row: sql.Row) -> dict[str, Any]:
    """A live session of somebody."""
    return {
        **row,
        "device": describe_device(row["user_agent"]),
        "user_agent": row["user_agent"] or "",
        "ip": row["ip_address"] or "unknown address",
        "is_api": row["kind"] == "api",
    }
