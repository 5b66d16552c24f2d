"""The lanes of a board for its template."""

from __future__ import annotations

from typing import Any

from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.lanes import Lane, lane_query
from taskforge.web.boards.cards import render_cards
from taskforge.web.boards.picture_sheet import PictureSheet


def show_lanes(
    lanes: list[Lane], kind: str, chosen: CardFilter, sheet: PictureSheet
) -> list[dict[str, Any]]:
    """The lanes with rendered cards; `query` is the query string of the board that shows the whole lane."""
    return [
        {
            "key": lane.key,
            "name": lane.name,
            "person": lane.person,
            "shared_picture": lane.person
            and sheet.address_of(lane.person.user_id, lane.person.picture),
            "count": lane.count,
            "query": lane_query(lane, kind, chosen),
            "cells": [
                {
                    "column": cell.column,
                    "cards_html": render_cards(cell.cards, sheet),
                    "count": cell.count,
                    "more_count": cell.count - len(cell.cards),
                }
                for cell in lane.cells
            ],
        }
        for lane in lanes
    ]
