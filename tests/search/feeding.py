"""Bringing the search projection up to date in a test."""

from __future__ import annotations

from flask import Flask

from taskforge.audit import chain
from taskforge.extensions import config_of
from taskforge.search import rebuilding
from taskforge.search.feed import feed


def feed_search(app: Flask) -> None:
    """What a running relay does within a second."""
    with app.app_context():
        chain.seal_pending(config_of().audit_key.encode())
        rebuilding.begin()
        for _ in rebuilding.rebuild():
            pass
        feed()
