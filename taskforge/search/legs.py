"""The statement of a search, put together of legs: one for each kind of thing that is found, and for each rank.

The best rank comes first, within it what was made last. A leg gives no more than are asked for, and none is run when
the legs before it have found enough. The words stand in the statement when PostgreSQL plans it: for rare ones it takes
the index of words, for common ones the newest entries until there are enough, and for whoever sees little the entries
of their boards. A prepared statement would do one of these for all. Boards, teams and people are few, and their rights
take long to plan: a prepared statement finds them, together with the boards that somebody sees.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from functools import cache

from sqlalchemy import TextClause, text

from taskforge.accounts.queries import left_join_person
from taskforge.attachments.queries import ATTACHMENTS, left_join_attachment
from taskforge.boards.person_access import SEES_PERSON
from taskforge.boards.queries import (
    BOARDS_OF_MEMBERS,
    COLUMNS,
    IS_LIVE,
    join_board,
    left_join_board,
)
from taskforge.comments.queries import COMMENTS, left_join_comment
from taskforge.search_entries.queries import FILLED, SEARCH_ENTRIES, left_join_entry
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.access import KEY
from taskforge.tasks.queries import TASKS, join_task, left_join_task
from taskforge.teams.queries import MEMBERSHIPS, TEAMS, is_admitted, left_join_team


class Kind(StrEnum):
    """What is found."""

    TASK = "task"
    COMMENT = "comment"
    ATTACHMENT = "attachment"
    BOARD = "board"
    TEAM = "team"
    PERSON = "person"


class Rank(IntEnum):
    """Where the words of a query stand: the lower, the better."""

    KEY = 0
    TITLE = 1
    TAGS = 2
    TEXT = 3
    COMMENT = 4


# Whether the row of a task is there and its reader sees it. `:board_ids` are the boards that they see.
_SEEN_TASK = "k.deleted_at IS NULL AND k.board_id = ANY(CAST(:board_ids AS uuid[]))"
# The same for the row of an entry; `{task}` is `_SEEN_TASK` with what else a task must fit.
_TASK = f"EXISTS (SELECT FROM {TASKS} WHERE k.task_id = e.entity_id AND {{task}})"
_COMMENT = f"""EXISTS (SELECT
                           FROM   {COMMENTS} {join_task("c.task_id")}
                           WHERE  c.comment_id = e.entity_id AND c.deleted_at IS NULL AND {{task}})"""
_ATTACHMENT = f"""EXISTS (SELECT
                           FROM   {ATTACHMENTS}
                                  {join_task("a.task_id")}
                                  {left_join_comment("c.comment_id = a.comment_id")}
                           WHERE  a.attachment_id = e.entity_id AND a.deleted_at IS NULL AND a.purged_at IS NULL
                                  AND c.deleted_at IS NULL AND {{task}})"""
_TEAM = f"""EXISTS (SELECT
                           FROM   {TEAMS} JOIN {MEMBERSHIPS} ON m.team_id = t.team_id
                           WHERE  t.team_id = e.entity_id AND t.archived_at IS NULL AND t.deleted_at IS NULL
                                  AND m.user_id = CAST(:user_id AS uuid) AND {is_admitted()})"""
_PERSON = f"""EXISTS (SELECT
                           FROM   (SELECT) one {left_join_person("e.entity_id", "p")}
                           WHERE  p.deleted_at IS NULL AND {SEES_PERSON})"""
_ON_BOARD = "e.board_id = ANY(CAST(:board_ids AS uuid[]))"

_NAMES = "e.names @@ CAST(:words AS tsquery)"
# Without `_NAMES`, which it implies: PostgreSQL would take both for independent, expect few rows where there are many,
# and sort ten thousand of them for the newest 26 (67 ms instead of 4).
_TITLE = "e.names @@ CAST(:title_words AS tsquery)"
_NOT_TITLE = f"{_NAMES} AND NOT e.names @@ CAST(:title_words AS tsquery)"
_TEXTS = "e.texts @@ CAST(:words AS tsquery)"
_NOT_BY_KEY = "e.entity_id <> ALL(ARRAY(SELECT entity_id FROM by_key))"
# The legs behind the key: rank, kind, where its words stand, and what else must be true.
_LEGS = (
    (Rank.TITLE, Kind.TASK, _TITLE, f"{_NOT_BY_KEY} AND {_ON_BOARD} AND {_TASK}"),
    (Rank.TAGS, Kind.TASK, _NOT_TITLE, f"{_NOT_BY_KEY} AND {_ON_BOARD} AND {_TASK}"),
    (Rank.TEXT, Kind.TASK, f"{_TEXTS} AND NOT {_NAMES}", f"{_NOT_BY_KEY} AND {_ON_BOARD} AND {_TASK}"),
    (Rank.TEXT, Kind.ATTACHMENT, _NAMES, f"{_ON_BOARD} AND {_ATTACHMENT}"),
    (Rank.COMMENT, Kind.COMMENT, _TEXTS, f"{_ON_BOARD} AND {_COMMENT}"),
)  # fmt: skip
# Those of boards, teams and people.
_NAME_LEGS = (
    (Rank.TITLE, Kind.BOARD, _TITLE, "e.entity_id IN (SELECT board_id FROM visible)"),
    (Rank.TITLE, Kind.TEAM, _TITLE, _TEAM),
    (Rank.TITLE, Kind.PERSON, _TITLE, _PERSON),
    (Rank.TAGS, Kind.TEAM, _NOT_TITLE, _TEAM),
)
NAMED = frozenset({Kind.BOARD, Kind.TEAM, Kind.PERSON})
MAX_BOARDS = 2500
# The boards on which somebody searches.
VISIBLE_BOARDS = f"""
    SELECT b.board_id, b.name, t.name AS team_name
    FROM   {BOARDS_OF_MEMBERS}
    WHERE  m.user_id = :user_id AND {IS_LIVE} AND b.archived_at IS NULL AND t.archived_at IS NULL
    LIMIT  {MAX_BOARDS}
"""
MAX_BY_KEY = 50
# Tasks by their number, which need not have been fed yet.
_BY_KEY = f"""
        SELECT k.task_id AS entity_id
        FROM   {TASKS} {join_board("k.board_id")}
        WHERE  {{task}} AND {IS_LIVE} AND k.number = CAST(:number AS integer)
               AND (CAST(:prefix AS text) IS NULL OR b.key_prefix = CAST(:prefix AS text))
        ORDER  BY k.task_id DESC
        LIMIT  {MAX_BY_KEY}"""
# Tasks that fit, the newest of each board; or, where an index knows those that fit, of all boards at once.
_SELECTED = f"""SELECT {int(Rank.TITLE)} AS rank, CAST('{Kind.TASK}' AS text) AS kind, k.task_id AS entity_id
        FROM   {TASKS}
        WHERE  {{task}} AND {{board}} AND (:after_rank < {int(Rank.TITLE)} OR k.task_id < CAST(:after_id AS uuid))
        ORDER  BY k.task_id DESC
        LIMIT  :limit"""
_NO_KEY = "SELECT CAST(NULL AS uuid) AS entity_id WHERE false"
_PERSON_ID = f"""CASE f.kind WHEN '{Kind.PERSON}' THEN f.entity_id WHEN '{Kind.COMMENT}' THEN c.author_id
                ELSE a.uploaded_by END"""
_SHOWN = f"""
    SELECT f.rank, f.kind, f.entity_id, coalesce(e.body, '') AS body,
           k.task_id, {KEY}, k.title, k.status, k.tags, b.board_id, b.name AS board_name,
           (SELECT c.hue FROM {COLUMNS} WHERE c.column_id = k.column_id) AS column_hue,
           a.name AS file_name, u.user_id, u.display_name, u.picture, t.team_id, t.name AS team_name
    FROM   found f
           {left_join_entry("f.entity_id")}
           {left_join_task(f"CASE f.kind WHEN '{Kind.TASK}' THEN f.entity_id ELSE e.task_id END")}
           {
    left_join_board(f"CASE f.kind WHEN '{Kind.BOARD}' THEN f.entity_id ELSE k.board_id END")
}
           {left_join_comment(f"f.kind = '{Kind.COMMENT}' AND c.comment_id = f.entity_id")}
           {left_join_attachment(f"CASE f.kind WHEN '{Kind.ATTACHMENT}' THEN f.entity_id END")}
           {left_join_person(_PERSON_ID)}
           {left_join_team(f"CASE f.kind WHEN '{Kind.TEAM}' THEN f.entity_id ELSE b.team_id END")}
    ORDER  BY f.rank, f.entity_id DESC
    LIMIT  :limit
"""


@cache
def names_statement() -> TextClause:
    """The boards that somebody sees (``board_ids``), how far the projection is ``filled``, and what is found by name.

    The last are ``ranks``, ``kinds`` and ``ids``, in no order, of those of `:kinds` that are among `NAMED`; there may
    be none. The other parameters are as those of `statement_for`.
    """
    legs = "\n        UNION ALL ".join(f"({_name_leg(*leg)})" for leg in _NAME_LEGS)
    return prepared(f"""
        WITH visible AS MATERIALIZED ({VISIBLE_BOARDS}), named AS MATERIALIZED ({legs})
        SELECT ARRAY(SELECT board_id FROM visible) AS board_ids, {FILLED} AS filled,
               (SELECT array_agg(rank) FROM named) AS ranks,
               (SELECT array_agg(kind) FROM named) AS kinds,
               (SELECT array_agg(entity_id) FROM named) AS ids
    """)


def statement_for(kinds: frozenset[Kind], *, with_key: bool, condition: str = "") -> TextClause:
    """The search of some kinds; with a key, also for the tasks with the number `:number`.

    It takes ``board_ids``, what was found by name (``named_ranks``, ``named_kinds``, ``named_ids``), ``words`` and
    ``title_words`` (tsquery), ``limit``, and the place behind which to begin: ``after_rank`` and ``after_id``. Tasks,
    and those of comments and files, fit a `condition`; its parameters are the caller's.
    """
    task = f"{_SEEN_TASK} AND ({condition})" if condition else _SEEN_TASK
    by_key = _BY_KEY.format(task=task) if with_key and Kind.TASK in kinds else _NO_KEY
    steps = [f"by_key AS MATERIALIZED ({by_key})", _step(Rank.KEY, [_key_leg()], [])]
    done = [Rank.KEY]
    for rank in list(Rank)[1:]:
        legs = [_leg(*leg, task) for leg in _LEGS if leg[0] is rank and leg[1] in kinds]
        if kinds & NAMED and any(leg[0] is rank for leg in _NAME_LEGS):
            legs.append(_named_leg(rank))
        if legs:
            steps.append(_step(rank, legs, done))
            done.append(rank)
    found = " UNION ALL ".join(f"SELECT * FROM rank_{int(rank)}" for rank in done)
    return text(f"WITH {', '.join(steps)}, found AS ({found}){_SHOWN}")


kept_statement_for = cache(statement_for)
"""The same, kept by what it is for: only for searches without a condition, as there are too many of those."""


def selection_statement(condition: str, *, is_narrow: bool) -> TextClause:
    """The tasks that fit a condition, the newest first, without any words; see `statement_for`.

    `is_narrow` says that an index finds what fits, whatever there is on the boards.
    """
    task = f"{_SEEN_TASK} AND ({condition})"
    found = _SELECTED.format(task=task, board="true")
    if not is_narrow:
        page = _SELECTED.format(task=task, board="k.board_id = v.board_id")
        boards = "unnest(CAST(:board_ids AS uuid[])) AS v (board_id)"
        found = f"SELECT p.* FROM {boards} CROSS JOIN LATERAL ({page}) p"
    return text(f"WITH found AS ({found}){_SHOWN}")


def _step(rank: Rank, legs: list[str], before: list[Rank]) -> str:
    """All legs of a rank, which are not run when those before have found enough, or lie before the place to begin."""
    counted = " + ".join(f"(SELECT count(*) FROM rank_{int(one)})" for one in before) or "0"
    parts = "\n        UNION ALL ".join(f"({leg})" for leg in legs)
    return f"""rank_{int(rank)} AS MATERIALIZED (
        SELECT * FROM ({parts}) legs
        WHERE  :after_rank <= {int(rank)} AND {counted} < :limit)"""


def _key_leg() -> str:
    return f"""SELECT {int(Rank.KEY)} AS rank, CAST('{Kind.TASK}' AS text) AS kind, entity_id
        FROM   by_key
        WHERE  :after_rank < {int(Rank.KEY)} OR entity_id < CAST(:after_id AS uuid)"""


def _named_leg(rank: Rank) -> str:
    return f"""SELECT n.*
        FROM   unnest(CAST(:named_ranks AS integer[]), CAST(:named_kinds AS text[]), CAST(:named_ids AS uuid[]))
                   AS n (rank, kind, entity_id)
        WHERE  n.rank = {int(rank)}"""


def _name_leg(rank: Rank, kind: Kind, words: str, condition: str) -> str:
    """Like `_leg`, for a statement that is prepared."""
    return f"""SELECT {int(rank)} AS rank, CAST('{kind}' AS text) AS kind, e.entity_id
        FROM   {SEARCH_ENTRIES}
        WHERE  '{kind}' = ANY(CAST(:kinds AS text[])) AND e.kind = '{kind}' AND {words}
               AND (CAST(:after_rank AS integer) < {int(rank)}
                    OR CAST(:after_rank AS integer) = {int(rank)} AND e.entity_id < CAST(:after_id AS uuid))
               AND {condition}
        ORDER  BY e.entity_id DESC
        LIMIT  CAST(:limit AS bigint)"""


def _leg(rank: Rank, kind: Kind, words: str, condition: str, task: str) -> str:
    return f"""SELECT {int(rank)} AS rank, CAST('{kind}' AS text) AS kind, e.entity_id
        FROM   {SEARCH_ENTRIES}
        WHERE  e.kind = '{kind}' AND {words}
               AND (:after_rank < {int(rank)} OR e.entity_id < CAST(:after_id AS uuid))
               AND {condition.format(task=task)}
        ORDER  BY e.entity_id DESC
        LIMIT  :limit"""
