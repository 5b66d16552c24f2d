"""Search: a page, and the best of the same results as JSON for the command palette."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput
from taskforge.http.htmx import render, wants_json
from taskforge.identity.current import current_actor
from taskforge.search import queries
from taskforge.search.legs import Kind
from taskforge.search.people import find_people
from taskforge.search.typed import find_misspelt_term, read_typed
from taskforge.stores.actor import Actor
from taskforge.tasks.query.completion import complete
from taskforge.tasks.query.errors import QueryError
from taskforge.tasks.query.names import list_names, list_unknown_names
from taskforge.tasks.query.nodes import SORT
from taskforge.text.people import Person
from taskforge.text.validation import clean_line
from taskforge.text.values import parse_uuid
from taskforge.web.query_box import read_caret, show_completion, show_wrong_word
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
    kind = _read_kind(request.args.get("type", ""))
    after = queries.read_place(request.args.get("after", ""))
    try:
        query = _clean_query(raw_query)
        if not query:
            return _render(query="", kind=kind, hits=None)
        kinds = queries.ALL_KINDS if kind is None else frozenset({kind})
        found = queries.search(actor, query, kinds=kinds, after=after, limit=PAGE + 1)
    except QueryError as error:
        wrong = show_wrong_word(error, query)
        return _render(query=query, kind=kind, hits=None, query_error=wrong), 422
    except InvalidInput as error:
        sentence = " ".join(error.fields.values()) or error.message
        return _render(query=raw_query, kind=kind, hits=None, error=sentence), 422
    more = None
    if len(found.hits) > PAGE:
        place = str(found.hits[PAGE - 1].place)
        more = url_for("search.find", q=query, type=kind, after=place)
    return _render(
        query=query,
        kind=kind,
        tabs=show_tabs(query, kind, of_tasks=found.of_tasks),
        hits=[show_hit(hit) for hit in found.hits[:PAGE]],
        more=more,
        is_first=after == queries.BEGINNING,
        percent_filled=int(100 * found.filled),
        of_tasks=found.of_tasks,
        notes=_list_notes(actor, query, found),
    )


@blueprint.get("/find/completions")
def completions() -> ResponseReturnValue:
    """What may stand in a query ``text`` behind ``at`` characters: ``start``, ``length`` and ``items`` as JSON."""
    text, at = read_caret(request.args)
    names = partial(list_names, current_actor())
    return show_completion(complete(text, at, names, without={SORT}, with_marks=False))


def _render(**context: Any) -> str:
    empty: dict[str, Any] = {
        "tabs": [],
        "more": None,
        "error": "",
        "query_error": None,
        "notes": [],
        "of_tasks": False,
        "percent_filled": 100,
    }
    return render("search/find.html", "search/_results.html", **{**empty, **context})


def _list_notes(actor: Actor, query: str, found: queries.Results) -> list[str]:
    """Sentences about words that may not mean what they were to mean."""
    selection = read_typed(query).selection
    notes = list_unknown_names(actor, selection) if selection else []
    misspelt = None if found.hits else find_misspelt_term(query)
    return [*notes, *([misspelt] if misspelt else [])]


def _clean_query(raw_query: str) -> str:
    return clean_line(raw_query, field="q", max_length=queries.MAX_QUERY_LENGTH, required=False)


def _read_kind(name: str) -> Kind | None:
    """The kind of that name; what is none is passed over."""
    return Kind(name) if name in list(Kind) else None


def _answer(actor: Actor, query: str) -> dict[str, Any]:
    answer = for_palette(queries.find(actor, query))
    if board_id := request.args.get("board"):
        rows = find_people(actor, parse_uuid(board_id), query)
        people = [
            Person(row["user_id"], row["display_name"], picture=row["picture"]) for row in rows
        ]
        answer["people"] = [{"id": person.user_id, **person.for_scripts} for person in people]
    return answer
