"""SQLAlchemy Core expressions as text: for statements that are composed once, and then run as constants."""

from __future__ import annotations

from sqlalchemy import ClauseElement
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import BindTyping

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_DIALECT.bind_typing = (
    BindTyping.NONE
)  # a cast stands where the expression has one, so that `prepared` finds it


def as_text(composed: ClauseElement) -> str:
    """The SQL of an expression, its binds named as in `sqlalchemy.text`.

    The values of literals would be lost: every value must be a bind with a name, or a `literal_column`.
    """
    compiled = composed.compile(dialect=_DIALECT)
    return str(compiled)
