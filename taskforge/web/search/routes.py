"""Search: a page, and the best of the same results as JSON for the command palette."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput
from taskforge.http.htmx import render, wants_json
from taskforge.identity.current import current_actor
from taskforge.search import queries
from taskforge.search.legs import Kind
from taskforge.stores.actor import Actor
from taskforge.text.people import Person
from taskforge.text.validation import clean_line
from taskforge.text.values import parse_uuid
from taskforge.web.search.presenters import for_palette, show_hit, show_tabs

blueprint = Blueprint("search", __name__)

PAGE = 25


@blueprint.get("/find")
def find() -> ResponseReturnValue:
    """What holds the words in ``q``, of one ``type`` if it is given, ``after`` a place.

    As JSON for the palette: cards, comments, files and boards; also the people of the team of ``board``.
    """
    actor = current_actor()
    raw_query = request.args.get("q", "")
    if wants_json():
        return jsonify(_answer(actor, _clean_query(raw_query)))
    try:
        query = _clean_query(raw_query)
    except InvalidInput as error:
        sentence = " ".join(error.fields.values()) or error.message
        return _render(query=raw_query, hits=None, error=sentence), 422
    if not query:
        return _render(query="", hits=None)
    kind = _read_kind(request.args.get("type", ""))
    kinds = queries.ALL_KINDS if kind is None else frozenset({kind})
    after = queries.read_place(request.args.get("after", ""))
    hits, is_filled = queries.search(actor, query, kinds=kinds, after=after, limit=PAGE + 1)
    more = None
    if len(hits) > PAGE:
        place = str(hits[PAGE - 1].place)
        more = url_for("search.find", q=query, type=kind, after=place)
    return _render(
        query=query,
        kind=kind,
        tabs=show_tabs(query, kind),
        hits=[show_hit(hit) for hit in hits[:PAGE]],
        more=more,
        is_first=after == queries.BEGINNING,
        is_rebuilding=not is_filled,
    )


def _render(**context: Any) -> str:
    context = {"kind": None, "tabs": [], "more": None, "error": "", **context}
    return render("search/find.html", "search/_results.html", **context)


def _clean_query(raw_query: str) -> str:
    return clean_line(raw_query, field="q", max_length=queries.MAX_QUERY_LENGTH, required=False)


def _read_kind(name: str) -> Kind | None:
    """The kind of that name; what is none is passed over."""
    return Kind(name) if name in list(Kind) else None


def _answer(actor: Actor, query: str) -> dict[str, Any]:
    answer = for_palette(queries.find(actor, query))
    if board_id := request.args.get("board"):
        rows = queries.find_people(actor, parse_uuid(board_id), query)
        people = [
            Person(row["user_id"], row["display_name"], picture=row["picture"]) for row in rows
        ]
        answer["people"] = [{"id": person.user_id, **person.for_scripts} for person in people]
    return answer
