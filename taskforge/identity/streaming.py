"""Answers that are read piece by piece while they are sent, as the person who asked for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from flask import Flask, current_app

from taskforge.stores import substitutes


def stream(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces, each made in an application context of its own: nothing stays open where a client stops reading.

    Who looks at a team as somebody else sees it does so until the last piece.
    """
    app = cast(Any, current_app)._get_current_object()
    return _stream(app, substitutes.present(), pieces)


def _stream(app: Flask, queries: substitutes.Queries, pieces: Iterator[str]) -> Iterator[str]:
    while True:
        with app.app_context(), substitutes.substituted(queries):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
