"""Reading attributes of Flask's proxies (``request``, ``g``, ``session``, ``current_app``) in half of the calls.

Werkzeug binds a function anew for each attribute that is read, to be able to look up any special method. A request
reads 100 to 160 attributes: those of an unchanged board asked again (304) were a fifth of its function calls.
"""

from __future__ import annotations

from typing import Any

from werkzeug.local import LocalProxy


def make_quick() -> None:
    """Let all proxies of this process read attributes directly; everything else of them is Werkzeug's."""
    LocalProxy.__getattr__ = _read  # type: ignore[assignment]


def _read(proxy: Any, name: str) -> Any:
    """An attribute of the object behind a proxy. Raises `RuntimeError` where there is none, as ever."""
    return getattr(proxy._get_current_object(), name)
