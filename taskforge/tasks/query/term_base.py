"""What the kinds of terms have in common: they check a value, and say in SQL which tasks `k` fit it.

A condition is a text for `sqlalchemy.text`, with names of parameters that its `Scope` gave. It may be NULL where a task
has no value; whoever negates it says ``IS NOT TRUE``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from taskforge.clock import ReaderTime
from taskforge.tasks.query.errors import QueryError, suggestion
from taskforge.tasks.query.nodes import Choice, Range, Value
from taskforge.text.handles import plain_name

NONE = "none"  # no value
PARAMETER_PREFIX = "query_"
FOLDED = "folded."  # before a text of the task in the form for finding; nothing else in a condition has it
DAY = timedelta(days=1)


@dataclass
class Scope:
    """Who reads a query when, and the parameters of the conditions that are made for them.

    ``folded`` has the texts of a task in the form for finding, by the column of the row ``folded`` that `with_folded`
    puts around a condition: so that each is made once for a task, however many words are looked for in it.
    """

    reader_id: str
    at: ReaderTime
    start: int = 1
    parameters: dict[str, Any] = field(default_factory=dict)
    folded: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The reader's day."""
        return self.at.today

    @property
    def reader(self) -> str:
        """The parameter with the reader's id."""
        return self.bind(self.reader_id, "uuid")

    def bind(self, value: Any, sql_type: str = "text") -> str:
        """A parameter of that value, as SQL."""
        return f"CAST(:{self.name(value)} AS {sql_type})"

    def folded_text(self, column: str) -> str:
        """A column of text of the task `k` in the form for finding, as SQL."""
        self.folded[column] = found_form(f"k.{column}")
        return FOLDED + column

    def folded_list(self, column: str) -> str:
        """The same for a column of several texts."""
        self.folded[column] = f"ARRAY(SELECT {found_form('one')} FROM unnest(k.{column}) one)"
        return FOLDED + column

    def with_folded(self, condition: str) -> str:
        """A condition together with the texts that conditions of this scope name."""
        texts = ", ".join(f"{made} AS {column}" for column, made in self.folded.items())
        # OFFSET 0: else PostgreSQL would put each text in place of its name, and make it for every word.
        return f"EXISTS (SELECT FROM (SELECT {texts} OFFSET 0) folded WHERE {condition})"

    def name(self, value: Any) -> str:
        """The name of a parameter of that value."""
        name = f"{PARAMETER_PREFIX}{self.start + len(self.parameters)}"
        self.parameters[name] = value
        return name


class TermKind(ABC):
    """How the values of a term are read. ``keywords`` are values of a meaning of their own, unless quoted."""

    keywords: Sequence[str] = (NONE,)

    def check(self, name: str, value: Choice) -> None:
        """See that a value is one of the term `name`; by default ranges and comparisons are none.

        Raises:
            QueryError: it is not.
        """
        refuse_comparison(name, value)

    @abstractmethod
    def condition(self, value: Choice, scope: Scope) -> str:
        """The condition that a task fits a value that was checked."""

    def examples(self) -> Sequence[str]:
        """Values that completion offers, whatever the reader sees; the table of terms names the first ones."""
        return self.keywords


def is_keyword(value: Choice, word: str) -> bool:
    """Whether a value is a keyword, in any case."""
    return (
        isinstance(value, Value)
        and not value.is_quoted
        and not value.comparison
        and value.text.lower() == word
    )


def refuse_comparison(name: str, value: Choice) -> None:
    """Raise `QueryError` for a range and a comparison."""
    if isinstance(value, Range) or value.comparison:
        sentence = f"“{name}:” has no order, so it takes no range and no comparison."
        raise QueryError(sentence, value.position, value.length)


def refuse_longer(value: Choice, longest: int, sentence: str) -> None:
    """Raise `QueryError` with a sentence for a text of more characters than the longest."""
    if isinstance(value, Value) and len(value.text) > longest:
        raise QueryError(sentence, value.position, value.length)


def unknown_value(name: str, value: Value, known: Sequence[str], hint: str = "") -> QueryError:
    """The error of a value that means nothing: with the nearest one that does, else with `hint` or all of them."""
    hint = suggestion(value.text, known) or hint or f" It can be {_listed(known)}."
    sentence = f"“{value.text}” is nothing that “{name}:” knows.{hint}"
    return QueryError(sentence, value.position, value.length)


def found_form(column: str) -> str:
    """SQL of a text in the form of `fold_for_finding`; what is plain ASCII is only written small, which is faster."""
    return (
        f'(CASE WHEN octet_length({column}) = char_length({column}) THEN lower({column} COLLATE "C")'
        f' ELSE taskforge_find({column}) END COLLATE "C")'
    )


def plain(name: str) -> str:
    """The form in which names of columns, boards, teams and people are compared: `plain_name` without spaces."""
    return "".join(plain_name(name).split())


def plain_form(column: str, spaces: str = " ") -> str:
    """SQL of the same form; `spaces` are left out."""
    return f"translate({found_form(column)}, '{spaces}._-''', '')"


def either(conditions: Sequence[str]) -> str:
    """SQL that one of some conditions holds."""
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
