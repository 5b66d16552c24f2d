"""Answers that are read piece by piece while they are sent, as the person who asked for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from flask import Flask, current_app

from taskforge.stores import substitutes, team_limit


def stream(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces, each made in an application context of its own: nothing stays open where a client stops reading.

    Who looks at a team as somebody else sees it, or by a token that is limited to some teams, does so until the last
    piece.
    """
    app = cast(Any, current_app)._get_current_object()
    return _stream(app, substitutes.present(), team_limit.find_limit(), pieces)


def _stream(
    app: Flask,
    queries: substitutes.Queries,
    limit: team_limit.TeamLimit | None,
    pieces: Iterator[str],
) -> Iterator[str]:
    while True:
        with app.app_context(), substitutes.substituted(queries), team_limit.limited(limit):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
