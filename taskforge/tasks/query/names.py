"""The names that a reader can write behind a term, and those in a query that mean nobody and nothing.

People, columns, boards and teams are those of the teams of the reader, tags those of the latest tasks on their boards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from sqlalchemy import TextClause, text

from taskforge.accounts.queries import join_person
from taskforge.boards.person_access import SEES_PERSON
from taskforge.boards.queries import BOARDS_OF_MEMBERS, COLUMNS, IS_LIVE
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.queries import TASKS
from taskforge.tasks.query.completion import PEOPLE
from taskforge.tasks.query.nodes import Query, Term, Value, list_terms
from taskforge.tasks.query.term_base import is_keyword, plain
from taskforge.tasks.query.term_kinds import NamedIn, PersonIn
from taskforge.tasks.query.terms import find_term
from taskforge.teams.queries import SHARED_MEMBERSHIPS, TEAMS_OF_MEMBERS
from taskforge.text.handles import plain_name
from taskforge.text.values import is_uuid

MAX_NAMES = 1_000
TAGGED_OF_EACH_BOARD = 200  # tasks
MAX_SAID = 3  # unknown names of each term: a sentence for each of fifty would help nobody
_VISIBLE = f"{BOARDS_OF_MEMBERS} WHERE m.user_id = :user_id AND {IS_LIVE}"
_PEOPLE = text(f"""
    SELECT DISTINCT p.display_name AS name
    FROM   {SHARED_MEMBERSHIPS} {join_person("o.user_id", "p")}
    WHERE  m.user_id = :user_id AND {SEES_PERSON}
    ORDER  BY name
    LIMIT  {MAX_NAMES}
""")
_STATEMENTS: Mapping[str, TextClause] = {
    **dict.fromkeys(PEOPLE, _PEOPLE),
    "column": text(f"""
    SELECT c.name
    FROM   {COLUMNS} JOIN (SELECT b.board_id FROM {_VISIBLE}) v USING (board_id)
    GROUP  BY c.name
    ORDER  BY count(*) DESC, c.name
    LIMIT  {MAX_NAMES}
"""),
    "board": text(f"""
    SELECT b.name, b.key_prefix AS also
    FROM   {_VISIBLE}
    ORDER  BY b.name
    LIMIT  {MAX_NAMES}
"""),
    "team": text(f"""
    SELECT DISTINCT t.name
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.user_id = :user_id
    ORDER  BY t.name
    LIMIT  {MAX_NAMES}
"""),
    "tag": text(f"""
    SELECT min(tag) AS name
    FROM   (SELECT tag, count(*) AS uses
            FROM   (SELECT b.board_id FROM {_VISIBLE}) v
                   CROSS JOIN LATERAL (SELECT k.tags
                                       FROM   {TASKS}
                                       WHERE  k.board_id = v.board_id AND k.deleted_at IS NULL
                                       ORDER  BY k.task_id DESC
                                       LIMIT  {TAGGED_OF_EACH_BOARD}) k
                   CROSS JOIN LATERAL unnest(k.tags) AS tag
            GROUP  BY tag) used
    GROUP  BY taskforge_fold(tag)
    ORDER  BY sum(uses) DESC, name
    LIMIT  {MAX_NAMES}
"""),
}


def list_names(actor: Actor, term: str) -> Sequence[str]:
    """The names that a term knows for somebody, at most 1,000; none for a term whose values are no names."""
    return list(dict.fromkeys(row["name"] for row in _find_names(actor, term)))


def list_unknown_names(actor: Actor, query: Query) -> Sequence[str]:
    """A sentence for each name in a query that means nobody and nothing that the actor can see, with a near one.

    At most `MAX_SAID` for each term. One statement for each term that has names; a query without any asks nothing.
    """
    written: dict[str, list[Value]] = {}
    for part in list_terms(query.root):
        written.setdefault(part.name, []).extend(_list_written(part))
    notes = []
    for term, values in written.items():
        rows = _find_names(actor, term) if values else ()
        if len(rows) == MAX_NAMES:
            continue
        known = {form: row["name"] for row in rows for form in _forms(row, term in PEOPLE)}
        unknown = [value for value in values if plain(value.text) not in known]
        notes += [_sentence(term, value, known) for value in unknown[:MAX_SAID]]
    return list(dict.fromkeys(notes))


def _find_names(actor: Actor, term: str) -> Sequence[sql.Row]:
    statement = _STATEMENTS.get(term)
    return () if statement is None else sql.rows(statement, {"user_id": actor.user_id})


def _list_written(term: Term) -> Iterator[Value]:
    """The values of a term that are names of people or things; those of tags may be any."""
    known = find_term(term.name)
    if known is None or not isinstance(known.kind, PersonIn | NamedIn):
        return
    for value in term.values:
        is_word = any(is_keyword(value, word) for word in known.kind.keywords)
        if isinstance(value, Value) and not is_word and not is_uuid(value.text):
            yield value


def _forms(row: sql.Row, is_person: bool) -> set[str]:
    """What means somebody or something, in the form of `plain`; a person goes by each word of their name."""
    forms = {plain(row["name"]), plain(row.get("also") or row["name"])}
    return forms | set(plain_name(row["name"]).split()) if is_person else forms


def _sentence(term: str, value: Value, known: Mapping[str, str]) -> str:
    [near] = get_close_matches(plain(value.text), known, n=1) or [""]
    who = "Nobody whom you see goes by" if term in PEOPLE else f"No {term} that you see is called"
    hint = f" Did you mean {known[near]}?" if near else " Nothing fits it."
    return f"{who} “{value.text}”.{hint}"
