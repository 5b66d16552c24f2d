"""One column's settings in a popover of the board; its forms post to the addresses of the board's settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, render, wants_partial
from taskforge.identity.current import current_actor
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.teams.permissions import Permission
from taskforge.text.values import is_uuid
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import DeleteColumnForm
from taskforge.web.boards.presenters import show_board
from taskforge.web.ways_back import WayBack, way_back_header


@blueprint.get("/boards/<id:board_id>/columns/<id:column_id>/settings")
def column_settings(board_id: str, column_id: str) -> ResponseReturnValue:
    """Name, meaning, limit, colour and place of one column."""
    return _page(current_actor(), board_id, column_id)


def opened_on_board() -> str | None:
    """The id of the column from whose popover a form was sent; None for a form of the settings page."""
    column_id = request.form.get("sheet", "")
    return column_id if is_uuid(column_id) else None


def answer_on_board(
    actor: Actor,
    board_id: str,
    column_id: str,
    sent: Form,
    *,
    done: bool,
    way: WayBack | None = None,
) -> ResponseReturnValue:
    """Redirect to the board (for htmx a 204: the live hint updates it), or show the popover with the errors."""
    if done and wants_partial():
        return "", 204, way_back_header(way) if way else {}
    if done:
        return go_to(url_for("boards.show", board_id=board_id, _anchor=f"column-{column_id}"))
    return sent.refused(_page(actor, board_id, column_id, sent))


def _page(actor: Actor, board_id: str, column_id: str, failed: Form | None = None) -> str:
    row, _ = access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    columns = list_columns_with_counts([board_id])
    order = [column["column_id"] for column in columns]
    if column_id not in order:
        raise NotFound()
    place = order.index(column_id)
    # The form of the column's fields is shown again as it was sent; the small forms show only their errors.
    has_column_fields = (
        failed is not None and hasattr(failed, "wip_limit") and "after_id" not in request.form
    )
    context: dict[str, Any] = {
        "column": {**columns[place], "version": row["version"]},
        **_other_columns(columns, place),
        "asking": isinstance(failed, DeleteColumnForm) or not wants_partial(),
        "first": place == 0,
        "last": place == len(order) - 1,
        "failed": failed if has_column_fields else None,
        "problem": " ".join(failed.sentences) if failed and not has_column_fields else None,
    }
    return render(
        "boards/column_settings.html",
        "boards/_column_settings.html",
        board=show_board(row),
        **context,
    )


def _other_columns(columns: Sequence[sql.Row], place: int) -> dict[str, Any]:
    """The columns to which the cards of the one at `place` can move; the one on its left is proposed."""
    others = [(one["column_id"], one["name"]) for one in columns]
    del others[place]
    proposed = others[max(0, place - 1)][0] if others else ""
    return {"others": others, "move_to": request.form.get("move_to") or proposed}
