"""Swimlanes as a board shows them."""

from __future__ import annotations

from typing import Any

from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.lanes import Lane, lane_query
from taskforge.web.boards.cards import draw_cards


def show_lanes(lanes: list[Lane], kind: str, chosen: CardFilter) -> list[dict[str, Any]]:
    """The lanes with their cards drawn; `query` is the address of the board that shows one lane in full."""
    return [
        {
            "key": lane.key,
            "name": lane.name,
            "person": lane.person,
            "count": lane.count,
            "query": lane_query(lane, kind, chosen),
            "cells": [
                {
                    "column": cell.column,
                    "cards_html": draw_cards(cell.cards),
                    "count": cell.count,
                    "rest": cell.count - len(cell.cards),
                }
                for cell in lane.cells
            ],
        }
        for lane in lanes
    ]
