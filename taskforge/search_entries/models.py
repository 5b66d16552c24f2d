"""Tables of the search projection. All of it is derived: any row may be deleted and is made again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

PENDING_LIST_KB = 256  # what a search reads one by one besides the index


class SearchEntry(Model):
    """What is searched of one task, comment, attachment, person, team or board.

    Who may see it, and whether it is still there, is never read from here but joined at each search; ``board_id`` only
    narrows down. ``names`` has titles, keys and names (weight A) and tags (B), ``texts`` all words of a task or comment
    (`taskforge.text.search_words`); ``body`` is the beginning of the text, plain, for what a result shows of it.
    ``fingerprint`` tells from which state of its row an entry was made (`taskforge.search.sources`); None while a text
    is missing, because MongoDB could not be asked for it. Ids are in the order of creation, and so are results.
    """

    __tablename__ = "search_entries"

    entity_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    board_id: Mapped[str | None] = mapped_column(Id)
    task_id: Mapped[str | None] = mapped_column(Id)
    fingerprint: Mapped[str | None] = mapped_column(Id)
    names: Mapped[str | None] = mapped_column(TSVECTOR)
    texts: Mapped[str | None] = mapped_column(TSVECTOR)
    body: Mapped[str] = mapped_column(Text, server_default=text("''"))

    __table_args__ = (
        Index(
            "ix_search_entries_names",
            "names",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": PENDING_LIST_KB},
        ),
        Index(
            "ix_search_entries_texts",
            "texts",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": PENDING_LIST_KB},
        ),
        Index("ix_search_entries_board", "board_id", "entity_id"),
        Index(
            "ix_search_entries_task",
            "task_id",
            postgresql_where=text("kind IN ('comment', 'attachment')"),
        ),
        Index("ix_search_entries_kind", "kind", "entity_id"),
        Index(
            "ix_search_entries_unread",
            "entity_id",
            postgresql_where=text("fingerprint IS NULL"),
        ),
    )


class SearchProgress(Model):
    """How far the projection has come: fed up to which link of the audit chain, and how far each kind was rebuilt.

    The row ``events`` has ``seq``. That of a kind has ``after_id``, up to which it was rebuilt, ``form``, the form of
    the words (`taskforge.text.search_words.FORM`) that it was rebuilt for, ``total``, how many rows there were when
    that began, and ``looked_at``, how many of them have been looked at.
    """

    __tablename__ = "search_progress"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    after_id: Mapped[str | None] = mapped_column(Id)
    form: Mapped[int | None]
    looked_at: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int | None]
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
