"""The environment of the templates: Flask's, with one mapping of globals for all of them."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class SharedGlobalsEnvironment(Environment):
    """Templates use the globals of the environment itself, in place of a ``ChainMap`` for each template.

    Jinja copies and compares the globals at every include and import, which a ``ChainMap`` does in Python, name by
    name: 45 µs each time, 1.3 ms of a page with 30 of them.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template; those that are given for it alone lie over the environment's."""
        return super().make_globals(d) if d else self.globals
