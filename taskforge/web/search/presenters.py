"""Results of a search as the page and the palette show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from taskforge.search.legs import Kind
from taskforge.search.queries import ON_CARDS, Found, Hit
from taskforge.text.people import Person
from taskforge.text.search_snippets import parts_of

# The tabs of the page, and the glyphs of what is found; a task has that of its status.
LABELS = {
    Kind.TASK: "Tasks",
    Kind.COMMENT: "Comments",
    Kind.ATTACHMENT: "Files",
    Kind.BOARD: "Boards",
    Kind.TEAM: "Teams",
    Kind.PERSON: "People",
}
ICONS = {
    Kind.COMMENT: "message-square",
    Kind.ATTACHMENT: "paperclip",
    Kind.BOARD: "square-kanban",
    Kind.TEAM: "users",
    Kind.PERSON: "user-round",
}


def show_hit(hit: Hit) -> dict[str, Any]:
    """A result on the page: its texts in pieces, each with whether it is marked."""
    row, is_card = hit.row, hit.kind is Kind.TASK
    return {
        "kind": hit.kind.value,
        "icon": f"status-{row['status']}" if is_card else ICONS[hit.kind],
        "hue": row["column_hue"] if is_card else None,
        "url": hit.address,
        "title": list(parts_of(*hit.title)),
        "snippet": list(parts_of(*hit.snippet)),
        "tags": row["tags"][:3] if is_card else (),
        "note": _note(hit),
        "by": row["display_name"] if hit.kind is Kind.COMMENT else None,
        "person": Person(row["user_id"], row["display_name"], picture=row["picture"])
        if hit.kind is Kind.PERSON
        else None,
    }


def show_tabs(query: str, shown: Kind | None, *, of_tasks: bool) -> list[dict[str, Any]]:
    """The tabs of the page: everything, and each kind; `of_tasks` those that tasks and what is in them have."""
    kinds = [kind for kind in LABELS if kind in ON_CARDS or kind is shown or not of_tasks]
    tabs: Sequence[tuple[Kind | None, str]] = [
        (None, "All"),
        *((kind, LABELS[kind]) for kind in kinds),
    ]
    return [
        {
            "label": label,
            "url": url_for("search.find", q=query, type=kind),
            "is_shown": kind is shown,
        }
        for kind, label in tabs
    ]


def for_palette(found: Found) -> dict[str, Any]:
    """What the palette's script reads."""
    return {
        "tasks": [_palette_task(hit) for hit in found.hits if hit.kind is Kind.TASK],
        "texts": [_palette_text(hit) for hit in found.hits if hit.kind is not Kind.TASK],
        "boards": [
            {
                "name": board["name"],
                "team": board["team_name"],
                "url": url_for("boards.show", board_id=board["board_id"]),
            }
            for board in found.boards
        ],
        "more": found.has_more,
    }


def _note(hit: Hit) -> str:
    row = hit.row
    if hit.kind in (Kind.TEAM, Kind.PERSON):
        return ""
    if hit.kind is Kind.BOARD:
        return str(row["team_name"])
    return f"{row['key']} · {row['board_name']}"


def _palette_task(hit: Hit) -> dict[str, Any]:
    row = hit.row
    return {
        "id": row["entity_id"],
        "key": row["key"],
        "title": row["title"],
        "status": row["status"],
        "board": row["board_name"],
        "url": hit.address,
    }


def _palette_text(hit: Hit) -> dict[str, Any]:
    words = hit.title.text if hit.kind is Kind.ATTACHMENT else hit.snippet.text
    return {"words": words, "icon": ICONS[hit.kind], "note": _note(hit), "url": hit.address}
