"""Saved views of a board: their list with the form for a new one, as a page or a popover, and the changes of them.

The address of what a view shows names the view, with a mark of what it showed then (`opened_mark`). So the list can
offer to save changes to the view that was opened, and say if that was changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField

from taskforge.boards.access import access_board
from taskforge.http.forms import Form, VersionForm, cleaned, one_of
from taskforge.http.htmx import go_to, render, wants_json, wants_partial
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.tasks.table.layout import COLUMNS
from taskforge.tasks.views.addresses import (
    MAX_QUERY_LENGTH,
    VIEW_KINDS,
    ViewKind,
    canonical_query,
)
from taskforge.tasks.views.models import NAME_LENGTH
from taskforge.tasks.views.queries import access_view, list_views
from taskforge.tasks.views.service import create_view, delete_view, edit_view
from taskforge.text.validation import clean_line
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.parameters import OPENED, opened_query
from taskforge.web.boards.presenters import board_rights, show_board
from taskforge.web.boards.saved_views_presenter import (
    Shown,
    address_of,
    opened_mark,
    show_views,
)
from taskforge.web.ways_back import (
    WayBack,
    kind_of_restoration,
    offer_way_back,
    way_back_answer,
    way_back_header,
)

OPENED_HEADER = "X-Saved-View"  # tells the popover what the address names from now on


class NewViewForm(Form):
    """A view that is to be saved: its name, what it shows, and whether all who see the board have it."""

    name = StringField("Name", [cleaned(clean_line, max_length=NAME_LENGTH)])
    kind = StringField("View", [cleaned(one_of, options=VIEW_KINDS)])
    query = StringField(
        "Address", [cleaned(clean_line, max_length=MAX_QUERY_LENGTH, required=False)]
    )
    is_shared = BooleanField("Share with everybody on this board", false_values=("", "0"))


class ShownForm(VersionForm):
    """What a saved view is to show from now on."""

    query = StringField(
        "Address", [cleaned(clean_line, max_length=MAX_QUERY_LENGTH, required=False)]
    )


class ViewNameForm(Form):
    """The new name of a view."""

    name = StringField("Name", [cleaned(clean_line, max_length=NAME_LENGTH)])


@blueprint.get("/boards/<id:board_id>/views")
@accept_lists(COLUMNS, *FILTER_LISTS)
def views(board_id: str) -> ResponseReturnValue:
    """The saved views of a board, and the form that saves the one of this address."""
    kind = request.args.get("kind", "")
    kind = kind if kind in VIEW_KINDS else ViewKind.BOARD
    query = canonical_query(kind, urlencode(list(request.args.items(multi=True))))
    form = NewViewForm(formdata=None, data={"kind": kind, "query": query})
    opened = opened_query().get(OPENED, "")
    return _page(current_actor(), board_id, form, opened=opened)


@blueprint.post("/boards/<id:board_id>/views")
def save_view(board_id: str) -> ResponseReturnValue:
    """Save a view."""
    actor, form = current_actor(), NewViewForm()
    access_board(actor.user_id, board_id)
    change = form.attempt(lambda **given: create_view(actor, board_id, **given))
    if change is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        return form.refused(_page(actor, board_id, form))
    address = url_for("boards.remove_view", view_id=change.entity_id)
    way = WayBack(text="The view is saved.", address=address, kind=kind_of_restoration())
    return _answer(way, access_view(actor, change.entity_id))


@blueprint.get("/views/<id:view_id>")
def open_view(view_id: str) -> ResponseReturnValue:
    """Lead to what a view shows."""
    return go_to(address_of(access_view(current_actor(), view_id)))


@blueprint.post("/views/<id:view_id>/rename")
def rename_view(view_id: str) -> ResponseReturnValue:
    """Give a view another name."""
    actor, form = current_actor(), ViewNameForm()
    view = access_view(actor, view_id, change=True)

    def rename(name: str) -> Change:
        return edit_view(actor, view_id, version=view["version"], name=name)

    if form.attempt(rename) is None:
        new_form = NewViewForm(formdata=None, data={"kind": view["kind"], "query": view["query"]})
        return form.refused(_page(actor, view["board_id"], new_form, problems=form.sentences))
    if wants_partial():
        return "", 204
    flash("The view has its new name.", "ok")
    return go_to(url_for("boards.views", board_id=view["board_id"]))


@blueprint.post("/views/<id:view_id>/replace")
def replace_view(view_id: str) -> ResponseReturnValue:
    """Let a view show something else, unless somebody changed it since the form was made."""
    actor, form = current_actor(), ShownForm()
    view = access_view(actor, view_id, change=True)
    change = form.attempt(lambda **given: edit_view(actor, view_id, **given))
    if change is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        shown = {"kind": view["kind"], "query": form.query.data}
        new_form = NewViewForm(formdata=None, data=shown)
        page = _page(
            actor,
            view["board_id"],
            new_form,
            problems=form.sentences,
            opened=opened_mark(view),
        )
        return form.refused(page)
    after = access_view(actor, view_id)
    if after["query"] == view["query"]:  # a repetition, or nothing to change
        return _answer(None, after)
    way = WayBack(
        text=f"“{view['name']}” is saved as it is shown.",
        address=url_for("boards.replace_view", view_id=view_id),
        fields={"query": view["query"], "version": str(change.version)},
        kind=kind_of_restoration(),
    )
    return _answer(way, after)


@blueprint.post("/views/<id:view_id>/delete")
def remove_view(view_id: str) -> ResponseReturnValue:
    """Delete a view; what takes that back saves it anew."""
    actor, form = current_actor(), Form()
    view = access_view(actor, view_id, change=True)
    if form.attempt(lambda: delete_view(actor, view_id)) is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        flash(" ".join(form.sentences), "danger")
        return go_to(url_for("boards.views", board_id=view["board_id"]))
    fields = {name: view[name] for name in ("name", "kind", "query")}
    way = WayBack(
        text="The view is deleted.",
        address=url_for("boards.save_view", board_id=view["board_id"]),
        fields=fields | ({"is_shared": "1"} if view["is_shared"] else {}),
        kind=kind_of_restoration(),
    )
    if wants_json():
        return way_back_answer(way)
    if wants_partial():
        return "", 204, way_back_header(way)
    offer_way_back(way)
    return go_to(url_for("boards.views", board_id=view["board_id"]))


def _answer(way: WayBack | None, view: Mapping[str, Any]) -> ResponseReturnValue:
    """What follows a change after which a view is there: the page that was left is now one of it."""
    if way is not None and wants_json():
        return way_back_answer(way)
    if wants_partial():
        header = way_back_header(way) if way else {}
        return "", 204, {**header, OPENED_HEADER: opened_mark(view)}
    if way is not None:
        offer_way_back(way)
    return go_to(url_for("boards.open_view", view_id=view["view_id"]))


def _page(
    actor: Actor,
    board_id: str,
    form: NewViewForm,
    *,
    problems: list[str] | None = None,
    opened: str = "",
) -> str:
    """The list for what `form` would save; `opened` is the view, with its mark, that the page was opened from."""
    row, membership = access_board(actor.user_id, board_id)
    shown = Shown(form.kind.data or "", form.query.data or "", opened)
    return render(
        "boards/views.html",
        "boards/_views.html",
        board=show_board(row),
        form=form,
        problems=problems or [],
        may=board_rights(membership),
        **show_views(list_views(actor, board_id), shown),
    )
