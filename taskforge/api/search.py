"""The search over everything that one sees."""

from __future__ import annotations

from typing import Any

from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint
from taskforge.api.paging import invalid_cursor, read_page
from taskforge.api.schemas import search as schemas
from taskforge.identity.current import current_actor
from taskforge.search import queries
from taskforge.search.legs import Kind

blueprint = ApiBlueprint("search", __name__, topic="Search", prefix="/search")
DEFAULT_LIMIT = 20


@blueprint.get("")
@blueprint.arguments(schemas.Search, location="query")
@blueprint.response(200, schemas.Results)
def search(query: dict[str, Any]) -> Any:
    """What holds all words of a query, among what whoever is asking sees; the best first, the newest among equals.

    Terms of the query language in it say of which tasks.
    """
    actor = current_actor()
    kinds = frozenset({Kind(query["type"])}) if "type" in query else queries.ALL_KINDS
    filled = 1.0

    def read(after: str | None, limit: int) -> list[queries.Hit]:
        nonlocal filled
        place = _read_place(after)
        found = queries.search(actor, query["q"], kinds=kinds, after=place, limit=limit)
        filled = found.filled
        return found.hits

    items, cursor = read_page(
        {"limit": DEFAULT_LIMIT, **query},
        read,
        lambda hit: hit.place,
        longest=queries.MAX_PAGE + 1,
    )
    return {"items": map(serialising.search_result, items), "next_cursor": cursor, "filled": filled}


def _read_place(after: str | None) -> queries.Place:
    if after is None:
        return queries.BEGINNING
    place = queries.read_place(after)
    if place == queries.BEGINNING:
        raise invalid_cursor()
    return place
