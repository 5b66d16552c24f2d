"""Search: a page, and the same results as JSON for the command palette."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput
from taskforge.http.htmx import wants_json
from taskforge.identity.current import current_actor
from taskforge.search import queries
from taskforge.stores.actor import Actor
from taskforge.text.people import Person
from taskforge.text.validation import clean_line
from taskforge.text.values import parse_uuid

blueprint = Blueprint("search", __name__)

MAX_TASKS_ON_PAGE = 40


@blueprint.get("/find")
def find() -> ResponseReturnValue:
    """Tasks and boards for the words in ``q``. As JSON also the people of the team of ``board``, if that is given."""
    actor = current_actor()
    raw_query = request.args.get("q", "")
    if wants_json():
        return jsonify(_answer(actor, _clean_query(raw_query)))
    try:
        query = _clean_query(raw_query)
    except InvalidInput as error:
        sentence = " ".join(error.fields.values()) or error.message
        return render_template("search/find.html", query=raw_query, found=None, error=sentence), 422
    found = queries.find(actor, query, limit=MAX_TASKS_ON_PAGE) if query else None
    return render_template("search/find.html", query=query, found=found, error="")


def _clean_query(raw_query: str) -> str:
    return clean_line(raw_query, field="q", max_length=queries.MAX_QUERY_LENGTH, required=False)


def _answer(actor: Actor, query: str) -> dict[str, Any]:
    found = queries.find(actor, query)
    answer: dict[str, Any] = {
        "tasks": [_task(row) for row in found.tasks],
        "boards": [_board(row) for row in found.boards],
        "more": found.more_tasks,
    }
    if board_id := request.args.get("board"):
        rows = queries.find_people(actor, parse_uuid(board_id), query)
        people = [
            Person(row["user_id"], row["display_name"], picture=row["picture"]) for row in rows
        ]
        answer["people"] = [{"id": person.user_id, **person.for_scripts} for person in people]
    return answer


def _task(row: Any) -> dict[str, Any]:
    return {
        "id": row["task_id"],
        "key": row["key"],
        "title": row["title"],
        "status": row["status"],
        "board": row["board_name"],
        "url": url_for("tasks.show", task_id=row["task_id"]),
    }


def _board(row: Any) -> dict[str, Any]:
    return {
        "name": row["name"],
        "team": row["team_name"],
        "url": url_for("boards.show", board_id=row["board_id"]),
    }
