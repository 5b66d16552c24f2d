"""What the search projection is made from: for each kind of entry its rows in PostgreSQL, and the texts in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taskforge.accounts.queries import PEOPLE
from taskforge.attachments.queries import ATTACHMENTS
from taskforge.boards.queries import BOARDS, IS_LIVE, join_board
from taskforge.comments.queries import COMMENTS, left_join_comment
from taskforge.search_entries.source import Content, Entry, Source, Texts
from taskforge.stores import sql
from taskforge.tasks.queries import TASKS, join_task
from taskforge.teams.queries import TEAMS
from taskforge.text.excerpts import excerpt_of
from taskforge.text.search_words import Weight, vector_of

MAX_BODY = 20_000  # characters of a text that are kept to be shown
MAX_PLAIN_LINE = 1_000  # a longer line keeps its signs of Markdown


def entry_of(source: Source, row: sql.Row, content: Content | None) -> Entry:
    """The entry of a row. Without the content that it should have it is not whole."""
    names, texts, body = source.compose(row, content or {})
    return Entry(
        entity_id=row["entity_id"],
        fingerprint=row["fingerprint"],
        is_whole=source.content is None or content is not None,
        board_id=row["board_id"],
        task_id=row["task_id"],
        names=vector_of(names),
        texts=None if texts is None else vector_of(texts),
        body=body,
    )


def plain_text(markdown: str) -> str:
    """The beginning of a text without the signs of Markdown, line by line."""
    lines = (
        line if len(line) > MAX_PLAIN_LINE else excerpt_of(line, length=MAX_PLAIN_LINE)
        for line in markdown[:MAX_BODY].split("\n")
    )
    return "\n".join(line for line in lines if line.strip())


def _compose_task(row: sql.Row, content: Content) -> tuple[Texts, Texts | None, str]:
    tags = " \n ".join(row["tags"])
    names = [(Weight.TITLE, row["key"]), (Weight.TITLE, row["title"]), (Weight.TAGS, tags)]
    parts = [
        content.get("description") or "",
        *(item["text"] for item in content.get("checklist") or ()),
        *(f"{field['k']}: {field['v']}" for field in content.get("custom_fields") or ()),
    ]
    texts = names + [(Weight.TEXT, part) for part in parts]
    body = "\n".join([plain_text(parts[0]), *parts[1:]])
    return names, texts, body[:MAX_BODY]


def _compose_comment(row: sql.Row, content: Content) -> tuple[Texts, Texts | None, str]:
    said = content.get("content") or ""
    return [], [(Weight.COMMENT, said)], plain_text(said)


def _compose_name(weight: Weight) -> Callable[[sql.Row, Content], tuple[Texts, None, str]]:
    return lambda row, _content: ([(weight, row["name"])], None, "")


def _compose_team(row: sql.Row, _content: Content) -> tuple[Texts, None, str]:
    names = [(Weight.TITLE, row["name"]), (Weight.TAGS, row["description"])]
    return names, None, row["description"]


SOURCES: Sequence[Source] = (
    Source(
        kind="team",
        entity_type="team",
        key="t.team_id",
        tables=TEAMS,
        is_live="t.deleted_at IS NULL",
        shown=("t.name", "t.description"),
        columns="t.name, t.description",
        compose=_compose_team,
    ),
    Source(
        kind="person",
        entity_type="user",
        key="u.user_id",
        tables=PEOPLE,
        is_live="u.deleted_at IS NULL",
        shown=("u.display_name",),
        columns="u.display_name AS name",
        compose=_compose_name(Weight.TITLE),
    ),
    Source(
        kind="board",
        entity_type="board",
        key="b.board_id",
        tables=BOARDS,
        is_live=IS_LIVE,
        shown=("b.name",),
        columns="b.name",
        compose=_compose_name(Weight.TITLE),
        board_id="b.board_id",
    ),
    Source(
        kind="task",
        entity_type="task",
        key="k.task_id",
        tables=f"{TASKS} {join_board('k.board_id')}",
        is_live="k.deleted_at IS NULL",
        shown=("k.title", "k.tags", "k.doc_sha", "k.board_id", "k.number"),
        columns="k.title, k.tags, b.key_prefix || '-' || k.number AS key",
        compose=_compose_task,
        content="task",
        version="k.doc_version",
        board_id="k.board_id",
        task_id="k.task_id",
    ),
    Source(
        kind="comment",
        entity_type="comment",
        key="c.comment_id",
        tables=f"{COMMENTS} {join_task('c.task_id')}",
        is_live="c.deleted_at IS NULL",
        shown=("c.doc_sha", "k.board_id"),
        columns="",
        compose=_compose_comment,
        content="comment",
        version="c.version",
        board_id="k.board_id",
        task_id="c.task_id",
    ),
    Source(
        kind="attachment",
        entity_type="attachment",
        key="a.attachment_id",
        tables=f"{ATTACHMENTS} {join_task('a.task_id')} {left_join_comment('c.comment_id = a.comment_id')}",
        is_live="a.deleted_at IS NULL AND a.purged_at IS NULL AND c.deleted_at IS NULL",
        shown=("a.name", "k.board_id"),
        columns="a.name",
        compose=_compose_name(Weight.TEXT),
        board_id="k.board_id",
        task_id="a.task_id",
    ),
)
BY_ENTITY_TYPE = {source.entity_type: source for source in SOURCES}
BY_KIND = {source.kind: source for source in SOURCES}
