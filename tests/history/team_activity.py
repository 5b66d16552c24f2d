"""What tests of a team's activity share."""

from __future__ import annotations

import re

from flask import Flask

from taskforge.boards import service as boards
from taskforge.boards.access import access_board
from tests.factories import Person, Team
from tests.pages import Page

ENTRY = re.compile(r'<li class="timeline__entry".*?</li>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def told(page: Page) -> list[str]:
    """What a page lists, from the top: name, sentence and details."""
    texts = [TAG.sub(" ", entry.partition("<strong>")[2]) for entry in ENTRY.findall(page.html)]
    return [re.sub(r"\s+", " ", text).strip() for text in texts]


def rename(app: Flask, person: Person, board_id: str, name: str) -> None:
    with app.app_context():
        row, _ = access_board(person.user_id, board_id)
        boards.edit_board(person.actor, board_id, version=row["version"], name=name)


def make_private_board(app: Flask, admin: Person, team: Team, name: str = "Secret") -> str:
    with app.app_context():
        board_id = boards.create_board(admin.actor, team.team_id, name=name).entity_id
        row, _ = access_board(admin.user_id, board_id)
        boards.edit_board(admin.actor, board_id, version=row["version"], is_private=True)
    return board_id
