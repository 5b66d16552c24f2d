"""SQL of the tags of a board, each in its first spelling."""

from __future__ import annotations

# The tags in use on `:board_id`, at most `:tags`: those that differ only in case are one, as it was first written.
TAGS_IN_USE = """
    SELECT tag
    FROM   (SELECT DISTINCT ON (taskforge_fold(used.tag)) used.tag, taskforge_fold(used.tag) AS form
            FROM   tasks t
                   CROSS JOIN LATERAL unnest(t.tags) AS used (tag)
            WHERE  t.board_id = :board_id AND t.deleted_at IS NULL
            ORDER  BY taskforge_fold(used.tag), t.number) first_spellings
    ORDER  BY form
    LIMIT  :tags
"""
