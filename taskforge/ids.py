"""Identifiers: UUID version 7, whose order is that of their creation, which keeps indexes compact."""

from __future__ import annotations

import uuid_utils.compat as uuid7_source


def new_id() -> str:
    """A fresh identifier in its canonical form: 36 lower-case characters."""
    return str(uuid7_source.uuid7())
