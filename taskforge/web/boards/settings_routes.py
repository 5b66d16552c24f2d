"""The settings of a board: its name and its columns."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards import service
from taskforge.boards.access import access_board
from taskforge.boards.board_people import list_named_people
from taskforge.boards.columns import create_column as create_board_column
from taskforge.boards.columns import move_column as move_board_column
from taskforge.boards.queries import list_columns
from taskforge.errors import NotFound
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.tasks import columns as task_columns
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.queries import list_members
from taskforge.text.people import person_of
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.column_settings_routes import answer_on_board, opened_on_board
from taskforge.web.boards.forms import (
    TO_PLACE,
    AddColumnForm,
    EditBoardForm,
    EditColumnForm,
    MoveColumnForm,
)
from taskforge.web.boards.presenters import board_rights, show_board
from taskforge.web.ways_back import WayBack, offer_way_back, way_back_answer


@blueprint.get("/boards/<id:board_id>/settings")
def settings(board_id: str) -> ResponseReturnValue:
    """Name and columns of a board."""
    return _page(current_actor(), board_id)


@blueprint.post("/boards/<id:board_id>/edit")
def rename(board_id: str) -> ResponseReturnValue:
    """Rename a board, or make its limits hard or soft."""
    actor = current_actor()
    form = EditBoardForm()
    change = form.attempt(lambda **values: service.edit_board(actor, board_id, **values))
    return answer_settings(actor, board_id, form, done=change is not None, form=form)


@blueprint.post("/boards/<id:board_id>/columns/create")
def add_column(board_id: str) -> ResponseReturnValue:
    """Add a column to the right of a named one, or of all."""
    actor = current_actor()
    form = AddColumnForm()
    change = form.attempt(lambda **values: create_board_column(actor, board_id, **values))
    return answer_settings(actor, board_id, form, done=change is not None, column_form=form)


@blueprint.post("/boards/<id:board_id>/columns/<id:column_id>/edit")
def edit_column(board_id: str, column_id: str) -> ResponseReturnValue:
    """Change name, meaning, limit or colour of a column."""
    actor = current_actor()
    form = EditColumnForm()
    change = form.attempt(
        lambda version, **values: task_columns.edit_column(
            actor, board_id, column_id, changes=values, version=version
        )
    )
    done = change is not None
    return answer_settings(actor, board_id, form, done=done, column_errors={column_id: form})


@blueprint.post("/boards/<id:board_id>/columns/<id:column_id>/move")
def move_column(board_id: str, column_id: str) -> ResponseReturnValue:
    """Move a column one place, or (direction ``to``) behind another one or to the left end."""
    actor = current_actor()
    form = MoveColumnForm()
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    order = [column["column_id"] for column in list_columns([board_id])]

    def move(direction: str, after_id: str | None = None) -> object:
        if direction != TO_PLACE:
            after_id = left_neighbour_after(order, column_id, direction)
        return move_board_column(actor, board_id, column_id, after_id=after_id)

    done = form.attempt(move) is not None
    way = _moved_back(board_id, column_id, order) if done else None
    return answer_settings(actor, board_id, form, done=done, anchor="columns", way=way)


def _moved_back(board_id: str, column_id: str, order: list[str]) -> WayBack:
    """The way back of a column that has been moved: to where it stood in `order`."""
    place = order.index(column_id)
    return WayBack(
        text="The column is at its new place.",
        address=url_for("boards.move_column", board_id=board_id, column_id=column_id),
        fields={"direction": TO_PLACE, "after_id": order[place - 1] if place else ""},
    )


def left_neighbour_after(order: list[str], column_id: str, direction: str) -> str | None:
    """The left neighbour of a column once it has moved by one place; None when it becomes the first.

    Raises:
        NotFound: the column is not among them.
    """
    if column_id not in order:
        raise NotFound()
    others = [other for other in order if other != column_id]
    step = -1 if direction == "left" else 1
    place = max(0, min(len(others), order.index(column_id) + step))
    return others[place - 1] if place else None


def answer_settings(
    actor: Actor,
    board_id: str,
    sent: Form,
    *,
    done: bool,
    anchor: str | None = None,
    way: WayBack | None = None,
    **failed: Any,
) -> ResponseReturnValue:
    """Redirect to the settings (or to the board that opened the form), or show the refused form again.

    `way` is the way back that is offered for what was done.
    """
    if way is not None and wants_json():
        return way_back_answer(way)
    if sent.refusal is not None and wants_json():
        raise sent.refusal
    if way is not None and not wants_partial():
        offer_way_back(way)
    if column_id := opened_on_board():
        return answer_on_board(actor, board_id, column_id, sent, done=done, way=way)
    if done:
        return go_to(url_for("boards.settings", board_id=board_id, _anchor=anchor))
    if not failed:
        board_form = EditBoardForm(formdata=None)
        board_form.form_errors.extend(sent.sentences)
        failed = {"problems": board_form.form_errors}
    return sent.refused(_page(actor, board_id, **failed))


def _page(actor: Actor, board_id: str, **failed: Any) -> str:
    row, membership = access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    shown = [
        {**column, "version": row["version"]} for column in list_columns_with_counts([board_id])
    ]
    present = {"name": row["name"], "hard_limits": "1" if row["hard_limits"] else "0"}
    form = failed.pop("form", None) or EditBoardForm(formdata=None, data=present)
    form.form_errors.extend(failed.pop("problems", []))
    named = list_named_people(actor, board_id)
    context = {"column_form": None, "column_errors": {}, **failed}
    return render_template(
        "boards/settings.html",
        board=show_board(row),
        columns=shown,
        form=form,
        is_private=row["is_private"],
        named=[
            {
                **one,
                "user": person_of(one["user_id"], one["display_name"], picture=one["picture"]),
            }
            for one in named
        ],
        nameable=_nameable(actor, row["team_id"], {one["user_id"] for one in named}),
        may=board_rights(membership),
        **context,
    )


def _nameable(actor: Actor, team_id: str, named: Collection[str]) -> list[tuple[str, str]]:
    """The members whom the board could name too: ids and names. Admins see it anyway."""
    members = list_members(actor, team_id)
    return [
        (one["user_id"], f"{one['display_name']} ({one['role']})")
        for one in members
        if one["user_id"] not in named and one["role"] != Role.ADMIN
    ]
