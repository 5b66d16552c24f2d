"""The doctor's check that a task's number of comments is what can be counted, and its repair (I10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.invariants import pages
from taskforge.stores.violations import Violation
from taskforge.tasks.queries import TASKS, set_comment_counts

_COUNTS = text(f"""
    SELECT task_id, comment_count, counted
    FROM   {TASKS}
           CROSS JOIN LATERAL (
               SELECT count(*) AS counted
               FROM   comments c
               WHERE  c.task_id = k.task_id AND c.deleted_at IS NULL) c
    WHERE  (CAST(:after AS uuid) IS NULL OR task_id > CAST(:after AS uuid))
    ORDER  BY task_id
    LIMIT  :page
""")
_COUNT_AGAIN = text(
    set_comment_counts("""
        SELECT count(*)
        FROM   comments c
        WHERE  c.task_id = tasks.task_id AND c.deleted_at IS NULL
    """)
)


def wrong_comment_counts() -> Iterator[Violation]:
    """Tasks whose ``comment_count`` is not the number of their live comments."""
    for row in pages(_COUNTS, "task_id"):
        if row["comment_count"] != row["counted"]:
            detail = f"has {row['counted']} comments and counts {row['comment_count']}"
            yield Violation("I10", f"task {row['task_id']}", detail, "count comments")


def count_comments(violations: Sequence[Violation]) -> None:
    """Write the number of comments of tasks again."""
    sql.execute_now(_COUNT_AGAIN, {"ids": [violation.entity_id for violation in violations]})
