"""What a saved text's @names did not reach, for pages that no script helped to write."""

from __future__ import annotations

from flask import flash

from taskforge.boards.mentions import resolve_mentions


def flash_mention_notes(board_id: str, text: str) -> None:
    """Say on the next page which @names of a text mean nobody who sees the board, or more than one person."""
    for sentence in resolve_mentions(board_id, text).notes:
        flash(sentence, "info")
