"""Numbers of things in words."""

from __future__ import annotations


def count_cards(number: int) -> str:
    """“1 card”, “2 cards”."""
    return "1 card" if number == 1 else f"{number} cards"
