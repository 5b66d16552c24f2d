"""SQL of what a comment says, for a line about it: of the comment's present version, and of none that was deleted."""

from __future__ import annotations

from taskforge.comments.queries import left_join_comment

EXCERPT_SOURCE = 600  # characters that an excerpt is made from
# Joins, as ``said.content``, the beginning of the comment that the line `n` is about, if its reader sees the `card`.
LEFT_JOIN_EXCERPT = f"""
           LEFT JOIN LATERAL (
               SELECT left(a.new_state ->> 'content', {EXCERPT_SOURCE}) AS content
               FROM   (SELECT) one
                      {left_join_comment("c.comment_id = CAST(n.payload ->> 'comment_id' AS uuid)")}
                      JOIN audit_logs a
                        ON a.entity_type = 'comment' AND a.entity_id = c.comment_id AND a.entity_version = c.version
               WHERE  c.deleted_at IS NULL) said ON card.key IS NOT NULL
"""
