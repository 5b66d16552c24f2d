"""The statements that keep the search projection, one of each for each kind of entry."""

from __future__ import annotations

from functools import cache

from sqlalchemy import TextClause, text

from taskforge.search_entries.source import Source
from taskforge.stores.prepared_statements import prepared

# Only one process writes the projection at a time: what it has read can't be older than what is there.
LOCK = prepared("SELECT pg_advisory_xact_lock(7301005)")
FIND_PROGRESS = prepared(
    "SELECT seq, after_id, form, finished_at FROM search_progress WHERE name = :name"
)
BEGIN_EVENTS = text(
    "INSERT INTO search_progress (name, seq) VALUES ('events', :seq) ON CONFLICT DO NOTHING"
)
ADVANCE_EVENTS = prepared("""
    UPDATE search_progress
    SET    seq = greatest(seq, CAST(:seq AS bigint))
    WHERE  name = 'events'
""")
# Begins the rebuilding of a kind, again where its words had an older form. Not where they have a newer one: two
# releases that run at once would begin by turns.
BEGIN_KIND = text("""
    INSERT INTO search_progress (name, form)
    SELECT CAST(name AS text), :form
    FROM   unnest(CAST(:names AS text[])) AS name
    ON CONFLICT (name) DO UPDATE
    SET    form = excluded.form, after_id = NULL, finished_at = NULL, looked_at = 0, total = NULL
    WHERE  :again OR search_progress.form < excluded.form
""")
ADVANCE_KIND = text("""
    UPDATE search_progress
    SET    after_id = greatest(coalesce(after_id, CAST(:after AS uuid)), CAST(:after AS uuid)),
           looked_at = looked_at + CASE WHEN after_id IS NULL OR after_id < CAST(:after AS uuid) THEN :count ELSE 0 END,
           finished_at = :finished_at
    WHERE  name = :name AND form = :form
""")
UNFINISHED = prepared("""
    SELECT name, after_id, total
    FROM   search_progress
    WHERE  name <> 'events' AND finished_at IS NULL AND form = :form
""")
# Kinds of which not every entry need be as this release makes it.
INCOMPLETE = prepared("""
    SELECT name
    FROM   search_progress
    WHERE  name <> 'events' AND (finished_at IS NULL OR form IS DISTINCT FROM :form)
""")
COUNT_ENTRIES = text("SELECT count(*) FROM search_entries")
DELETE_SOME = text("""
    DELETE FROM search_entries
    WHERE  entity_id = ANY(ARRAY(SELECT entity_id FROM search_entries LIMIT :limit))
""")
# Entries that wait for their text, some of them each time: one whose text is lost does not keep others waiting.
UNREAD = prepared("""
    SELECT kind, entity_id
    FROM   search_entries
    WHERE  fingerprint IS NULL
    ORDER  BY random()
    LIMIT  CAST(:limit AS bigint)
""")


@cache
def changed_rows(source: Source) -> TextClause:
    """Those of the rows `:ids` whose entry is missing or out of date, with all that an entry is made from."""
    columns = f", {source.columns}" if source.columns else ""
    version = f", {source.version} AS doc_version" if source.version else ""
    return prepared(f"""
        SELECT {source.key} AS entity_id, {source.fingerprint} AS fingerprint, {source.board_id} AS board_id,
               {source.task_id} AS task_id{version}{columns}
        FROM   {source.tables}
               LEFT JOIN search_entries e ON e.entity_id = {source.key}
        WHERE  {source.key} = ANY(CAST(:ids AS uuid[])) AND {source.is_live}
               AND e.fingerprint IS DISTINCT FROM {source.fingerprint}
    """)


@cache
def write_entries(source: Source) -> TextClause:
    """Writes entries whose rows are still in the state that was read; what has changed since comes with its event."""
    return prepared(f"""
        INSERT INTO search_entries (entity_id, kind, board_id, task_id, fingerprint, names, texts, body)
        SELECT n.entity_id, '{source.kind}', n.board_id, n.task_id,
               CASE WHEN n.is_whole THEN n.fingerprint END,
               CAST(n.names AS tsvector), CAST(n.texts AS tsvector), n.body
        FROM   unnest(CAST(:ids AS uuid[]), CAST(:fingerprints AS uuid[]), CAST(:are_whole AS boolean[]),
                      CAST(:board_ids AS uuid[]), CAST(:task_ids AS uuid[]), CAST(:names AS text[]),
                      CAST(:texts AS text[]), CAST(:bodies AS text[]))
                   AS n (entity_id, fingerprint, is_whole, board_id, task_id, names, texts, body)
        WHERE  EXISTS (SELECT
                       FROM   {source.tables}
                       WHERE  {source.key} = n.entity_id AND {source.is_live}
                              AND {source.fingerprint} = n.fingerprint)
        ON CONFLICT (entity_id) DO UPDATE
        SET    board_id = excluded.board_id, task_id = excluded.task_id, fingerprint = excluded.fingerprint,
               names = excluded.names, texts = excluded.texts, body = excluded.body
        WHERE  (search_entries.fingerprint, search_entries.board_id, search_entries.names)
               IS DISTINCT FROM (excluded.fingerprint, excluded.board_id, excluded.names)
    """)


@cache
def delete_dead(source: Source) -> TextClause:
    """Deletes those of the entries `:ids` whose row is gone or deleted; a task that is gone takes its own along."""
    of_task = ""
    if source.kind == "task":
        of_task = f"""
               OR e.kind IN ('comment', 'attachment') AND e.task_id = ANY(CAST(:ids AS uuid[]))
                  AND NOT EXISTS (SELECT FROM {source.tables} WHERE {source.key} = e.task_id)"""
    return prepared(f"""
        DELETE FROM search_entries e
        WHERE  e.kind = '{source.kind}' AND e.entity_id = ANY(CAST(:ids AS uuid[]))
               AND NOT EXISTS (SELECT FROM {source.tables} WHERE {source.key} = e.entity_id AND {source.is_live})
               {of_task}
    """)


@cache
def row_ids(source: Source) -> TextClause:
    """A page of the ids of rows that have an entry, or should have."""
    return prepared(f"""
        SELECT {source.key} AS id
        FROM   {source.tables}
        WHERE  (CAST(:after AS uuid) IS NULL OR {source.key} > CAST(:after AS uuid)) AND {source.is_live}
        ORDER  BY {source.key}
        LIMIT  :page
    """)


@cache
def count_rows(source: Source) -> TextClause:
    """How many rows have an entry, or should have, behind an id."""
    return text(f"""
        SELECT count(*)
        FROM   {source.tables}
        WHERE  (CAST(:after AS uuid) IS NULL OR {source.key} > CAST(:after AS uuid)) AND {source.is_live}
    """)


@cache
def note_total(source: Source) -> TextClause:
    """Notes how many rows a rebuild will look at, unless it was noted."""
    return text(f"""
        UPDATE search_progress
        SET    total = (SELECT count(*) FROM {source.tables} WHERE {source.is_live})
        WHERE  name = '{source.kind}' AND total IS NULL
    """)


@cache
def dead_ids(source: Source) -> TextClause:
    """Entries of a kind whose row is gone or deleted."""
    return text(f"""
        SELECT e.entity_id AS id
        FROM   search_entries e
        WHERE  e.kind = '{source.kind}'
               AND NOT EXISTS (SELECT FROM {source.tables} WHERE {source.key} = e.entity_id AND {source.is_live})
        ORDER  BY e.entity_id
        LIMIT  :page
    """)
