"""The kinds of terms but those of days: choices, people, names, tags, numbers, words, keys and properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from taskforge.accounts.queries import join_person
from taskforge.boards.queries import BOARDS
from taskforge.errors import InvalidInput
from taskforge.search_entries.queries import matches_task
from taskforge.tasks.number_kind import Number
from taskforge.tasks.query.errors import QueryError
from taskforge.tasks.query.nodes import Choice, Range, Value
from taskforge.tasks.query.term_base import (
    NONE,
    Scope,
    TermKind,
    either,
    is_keyword,
    plain,
    plain_form,
    refuse_comparison,
    refuse_longer,
    unknown_value,
)
from taskforge.teams.queries import SHARED_MEMBERSHIPS
from taskforge.text.normal_form import fold, fold_for_finding
from taskforge.text.search_words import read_phrase, read_query
from taskforge.text.validation import MAX_TAG_LENGTH
from taskforge.text.values import is_uuid

ME = "me"
MAX_TEXT_LENGTH = 200
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9]{1,5})-([1-9][0-9]{0,8})")
# The words of a display name, in the form of `plain`, and its whole.
_PLAIN_NAME = plain_form("u.display_name", "")
_IS_NAMED = "({name} = ANY(string_to_array({plain}, ' ')) OR {name} = replace({plain}, ' ', ''))"


@dataclass(frozen=True)
class OneOf(TermKind):
    """One of a few words in their order, in a column; ``also`` are further spellings."""

    column: str
    options: Mapping[str, str]
    also: Mapping[str, str]
    keywords = ()

    def check(self, name: str, value: Choice) -> None:
        """A word, in any case, or its label; also a comparison and a range."""
        for end in _ends(value):
            if self._find(end) is None:
                raise unknown_value(name, end, tuple(self.options))

    def condition(self, value: Choice, scope: Scope) -> str:
        """The column holds one of the words that are meant."""
        return f"k.{self.column} = ANY({scope.bind(self.meant(value), 'text[]')})"

    def meant(self, value: Choice) -> list[str]:
        """The words that a value means."""
        words = list(self.options)
        if isinstance(value, Range):
            low = words.index(self._word(value.low)) if value.low else 0
            high = words.index(self._word(value.high)) if value.high else len(words)
            return words[low : high + 1]
        at = words.index(self._word(value))
        parts = {"<": words[:at], "<=": words[: at + 1], ">": words[at + 1 :], ">=": words[at:]}
        return parts.get(value.comparison, [words[at]])

    def examples(self) -> Sequence[str]:
        """The words."""
        return tuple(self.options)

    def _word(self, value: Value) -> str:
        found = self._find(value)
        assert found is not None
        return found

    def _find(self, value: Value) -> str | None:
        wanted = plain(value.text)
        for word, label in self.options.items():
            if wanted in (plain(word), plain(label)):
                return word
        return self.also.get(wanted)


@dataclass(frozen=True)
class PersonIn(TermKind):
    """Somebody by a name of theirs, by id, the reader (me), or nobody."""

    column: str
    may_be_empty: bool

    @property
    def keywords(self) -> Sequence[str]:  # type: ignore[override]
        """Me, and none where there may be nobody."""
        return (ME, NONE) if self.may_be_empty else (ME,)

    def condition(self, value: Choice, scope: Scope) -> str:
        """The column holds the id of one of those who are meant; people of the reader's teams go by name."""
        assert isinstance(value, Value)
        if self.may_be_empty and is_keyword(value, NONE):
            return f"k.{self.column} IS NULL"
        if is_keyword(value, ME):
            return f"k.{self.column} = {scope.reader}"
        if is_uuid(value.text):
            return f"k.{self.column} = {scope.bind(value.text, 'uuid')}"
        is_named = _IS_NAMED.format(name=scope.bind(plain(value.text)), plain=_PLAIN_NAME)
        return f"""k.{self.column} = ANY(ARRAY(
            SELECT o.user_id
            FROM   {SHARED_MEMBERSHIPS} {join_person("o.user_id")}
            WHERE  m.user_id = {scope.reader} AND {is_named}))"""


@dataclass(frozen=True)
class NamedIn(TermKind):
    """Something by its name or id. ``found`` is SQL that ends in WHERE: its ids among what the reader's teams have."""

    column: str
    found: str
    names: tuple[str, ...]
    keywords = ()

    def condition(self, value: Choice, scope: Scope) -> str:
        """The column holds the id of one with that name."""
        assert isinstance(value, Value)
        if is_uuid(value.text):
            return f"k.{self.column} = {scope.bind(value.text, 'uuid')}"
        name, reader = scope.bind(plain(value.text)), scope.reader
        is_named = either([f"{plain_form(one)} = {name}" for one in self.names])
        return f"k.{self.column} = ANY(ARRAY({self.found} m.user_id = {reader} AND {is_named}))"


@dataclass(frozen=True)
class TagIn(TermKind):
    """A tag in any case, or none."""

    column: str

    def check(self, name: str, value: Choice) -> None:
        """A text that is short enough for a tag."""
        super().check(name, value)
        refuse_longer(value, MAX_TAG_LENGTH, f"A tag has at most {MAX_TAG_LENGTH} characters.")

    def condition(self, value: Choice, scope: Scope) -> str:
        """The task has the tag."""
        assert isinstance(value, Value)
        if is_keyword(value, NONE):
            return f"k.{self.column} = '{{}}'"
        wanted = scope.bind(fold(value.text))
        return (
            f"EXISTS (SELECT FROM unnest(k.{self.column}) tag WHERE taskforge_fold(tag) = {wanted})"
        )


@dataclass(frozen=True)
class NumberIn(TermKind):
    """A number, or none."""

    column: str
    kind: Number
    may_be_empty: bool = True

    @property
    def keywords(self) -> Sequence[str]:  # type: ignore[override]
        """None, where there may be no number."""
        return (NONE,) if self.may_be_empty else ()

    def check(self, name: str, value: Choice) -> None:
        """A number within the bounds of the field; also a comparison and a range."""
        if self.may_be_empty and is_keyword(value, NONE):
            return
        for end in _ends(value):
            try:
                number = self.kind.clean(end.text, field=name)
            except InvalidInput as error:
                raise QueryError(error.message, end.position, end.length) from None
            if number is None:
                raise QueryError(f"“{name}:” needs a number.", end.position, end.length)

    def condition(self, value: Choice, scope: Scope) -> str:
        """The number is in the range."""
        if self.may_be_empty and is_keyword(value, NONE):
            return f"k.{self.column} IS NULL"

        def bind(end: Value) -> str:
            return scope.bind(self.kind.clean(end.text, field=self.column), "numeric")

        if isinstance(value, Range):
            parts = [(">=", value.low), ("<=", value.high)]
            sides = [f"k.{self.column} {sign} {bind(end)}" for sign, end in parts if end]
            return f"({' AND '.join(sides)})"
        return f"k.{self.column} {value.comparison or '='} {bind(value)}"


@dataclass(frozen=True)
class WordsIn(TermKind):
    """Words in columns of text, whatever their case and accents; or in all texts of a task that search knows."""

    columns: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    with_key: bool = False
    in_texts: bool = False
    keywords = ()

    def check(self, name: str, value: Choice) -> None:
        """A text that is not too long."""
        super().check(name, value)
        refuse_longer(value, MAX_TEXT_LENGTH, f"Look for at most {MAX_TEXT_LENGTH} characters.")

    def condition(self, value: Choice, scope: Scope) -> str:
        """One of the columns contains the text, or the task's key is it."""
        assert isinstance(value, Value)
        wanted = scope.bind(fold_for_finding(value.text))
        found = [f"strpos({scope.folded_text(column)}, {wanted}) > 0" for column in self.columns]
        found += [
            f"EXISTS (SELECT FROM unnest({scope.folded_list(column)}) one WHERE strpos(one, {wanted}) > 0)"
            for column in self.lists
        ]
        if self.with_key and _KEY.fullmatch(value.text):
            found.append(KeyIs().condition(value, scope))
        read = read_phrase if value.is_quoted else read_query
        if self.in_texts and (words := read(value.text).as_tsquery()):
            found.append(matches_task(scope.name(words)))
        return either(found)


class KeyIs(TermKind):
    """The short key of a task, such as WEB-12."""

    keywords = ()

    def check(self, name: str, value: Choice) -> None:
        """Letters, a hyphen and a number."""
        refuse_comparison(name, value)
        assert isinstance(value, Value)
        if not _KEY.fullmatch(value.text):
            sentence = f"“{name}:” needs a key such as WEB-12."
            raise QueryError(sentence, value.position, value.length)

    def condition(self, value: Choice, scope: Scope) -> str:
        """The task has the number, and its board the letters."""
        assert isinstance(value, Value)
        found = _KEY.fullmatch(value.text)
        assert found is not None
        number, prefix = scope.bind(int(found[2]), "int"), scope.bind(found[1].upper())
        return f"""(k.number = {number} AND EXISTS (
            SELECT FROM {BOARDS} WHERE b.board_id = k.board_id AND b.key_prefix = {prefix}))"""


@dataclass(frozen=True)
class Property:
    """Something that is true of a task or not: what it means in words, and its condition."""

    meaning: str
    condition: Callable[[Scope], str]


@dataclass(frozen=True)
class Properties(TermKind):
    """One of some properties; features above add theirs."""

    known: dict[str, Property]

    @property
    def keywords(self) -> Sequence[str]:  # type: ignore[override]
        """Their names."""
        return tuple(self.known)

    def check(self, name: str, value: Choice) -> None:
        """The name of a property."""
        refuse_comparison(name, value)
        assert isinstance(value, Value)
        if value.text.lower() not in self.known:
            raise unknown_value(name, value, tuple(self.known))

    def condition(self, value: Choice, scope: Scope) -> str:
        """The task has the property."""
        assert isinstance(value, Value)
        return f"({self.known[value.text.lower()].condition(scope)})"


def _ends(value: Choice) -> list[Value]:
    if isinstance(value, Range):
        return [end for end in (value.low, value.high) if end]
    return [value]
