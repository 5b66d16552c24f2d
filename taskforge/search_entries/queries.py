"""SQL of the search projection for the features above: the only way in which theirs names its tables."""

from __future__ import annotations

# An item of a FROM clause.
SEARCH_ENTRIES = "search_entries e"
# How much has been looked at since the rebuilding of the projection began, from 0 to 1; less than 1 until it has ended.
FILLED = """(SELECT CASE WHEN bool_and(finished_at IS NOT NULL) THEN 1.0
                        ELSE least(0.99, coalesce(sum(CASE WHEN finished_at IS NULL THEN least(looked_at, total)
                                                           ELSE total END)
                                                  / CAST(nullif(sum(total), 0) AS float), 0)) END
             FROM   search_progress
             WHERE  name <> 'events')"""


def matches_task(words: str) -> str:
    """SQL of the condition that the task `k` holds all words of a query, in its key, title, tags or texts.

    `words` is the name of the bound parameter, without its colon. Its value is what
    `taskforge.text.search_words` makes of something typed: ``read_query(typed).as_tsquery()`` for words in any order,
    each of which may be the beginning of one; ``read_phrase(typed).as_tsquery()`` for exact words in a row. Both answer
    "" where nothing is left to search for (only signs were typed): leave the condition out then.

    It says nothing about rights, the trash or archived boards: the statement around it does. Comments are not asked.
    A task is found about a second after it was written. Run it in a statement that is not `prepared`: with the
    words before its eyes, PostgreSQL chooses between the index of words and the tasks at hand.

        condition = f"{matches_task('words')} AND k.board_id = :board_id"
    """
    return f"""EXISTS (SELECT
                   FROM   search_entries e
                   WHERE  e.entity_id = k.task_id AND e.texts @@ CAST(:{words} AS tsquery))"""


def left_join_entry(entity_id: str) -> str:
    """SQL that joins, as ``e``, the search entry of what an expression names, if it has been fed."""
    return f"LEFT JOIN search_entries e ON e.entity_id = {entity_id}"
