"""The access log of the web server, without secrets in addresses."""

from __future__ import annotations

import re
from typing import Any

from gunicorn.glogging import Logger

from taskforge.logs import HIDDEN

_SECRET = re.compile(r"[A-Za-z0-9_.~-]{40,}")  # longer than an id


class AccessLogger(Logger):
    """Logs of gunicorn in which no address holds a secret, such as the token of a one-time link."""

    def atoms(self, *arguments: Any) -> dict[str, Any]:
        """What an entry may name: of the address only its path, with what may be a secret hidden."""
        atoms: dict[str, Any] = super().atoms(*arguments)
        path = _SECRET.sub(HIDDEN, str(atoms.get("U", "")))
        line = f"{atoms.get('m')} {path} {atoms.get('H')}"
        return {**atoms, "U": path, "q": "-", "f": "-", "r": line}
