"""What is kept of boards is kept in parts, in bounded room, and a change draws what it changed only."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from taskforge.boards.access import access_board
from taskforge.http import page_cache
from taskforge.ids import new_id
from taskforge.tasks import service as tasks
from taskforge.tasks.board import cache
from taskforge.web.boards import kept_columns
from tests.factories import Person, Team, make_task
from tests.pages import HTMX, open_twice, visit


def test_what_is_drawn_of_a_board_is_kept_in_bounded_room(
    ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, board = visit(ada), f"/boards/{team.board_id}"
    cache.board_cache.clear()  # also of what other tests have left there
    page = open_twice(visitor, board)
    room = 40_000
    monkeypatch.setattr(cache, "RENDERED_BYTES", room)
    ids = list(team.columns.values())
    for number in range(1, 2 ** len(ids)):
        some = ",".join(one for at, one in enumerate(ids) if number >> at & 1)
        part = visitor.open(f"{board}/columns?column={some}", **HTMX)
        assert part.html.count("<section") == number.bit_count()
        for cached in cache.board_cache._boards.values():
            assert sum(rendered.size for rendered in cached.rendered.values()) <= room
    monkeypatch.setattr(cache, "RENDERED_BYTES", 100)  # nothing fits
    assert visitor.open(board).html.count("<section") == page.html.count("<section")


def test_the_frames_of_pages_are_kept_in_bounded_room(
    ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_cache._frames.clear()
    monkeypatch.setattr(page_cache._frames, "max_size", 40_000)
    visitor = visit(ada)
    for _ in range(6):
        people = "&".join(f"assignee={new_id()}" for _ in range(20))
        page = visitor.open(f"/boards/{team.board_id}?{people}&q={'y' * 100}")
        assert page.status == 200
        assert 0 < page_cache._frames.size <= 40_000
    assert len(page_cache._frames) < 6


def test_a_move_makes_no_frame_anew_and_draws_only_the_columns_that_it_changed(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, visitor = f"/boards/{team.board_id}", visit(ada)
    make_task(ada, team, "Stays", status="backlog")
    task_id = make_task(ada, team, "Moves", status="todo")
    open_twice(visitor, board)
    frames = len(page_cache._frames)
    drawn: list[str] = []
    draw = kept_columns.render_part

    def count(template: str, **context: Any) -> str:
        drawn.extend(column["status"] for column in context["columns"])
        return draw(template, **context)

    monkeypatch.setattr(kept_columns, "render_part", count)
    with app.app_context():
        tasks.move_task(ada.actor, task_id, column_id=team.columns["done"])
        row, _ = access_board(ada.user_id, team.board_id)
    page = visitor.open(board)
    assert sorted(drawn) == ["done", "todo"]
    assert len(page_cache._frames) == frames
    assert f'data-seq="{row["seq"]}"' in page.html
    done = page.html.split(f'id="cards-{team.columns["done"]}"')[1].split("</section>")[0]
    assert "Moves" in done
