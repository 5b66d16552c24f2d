"""The one error of the query language: a sentence about a word of the query, and where that word stands."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from taskforge.errors import InvalidInput
from taskforge.text.normal_form import fold_for_finding

PARAMETER = "q"  # the name of a query in addresses and bodies
NEAR = 0.55  # how much two words must have in common, of 1, for one to be meant by the other


class QueryError(InvalidInput):
    """A query that can't be read. ``position`` and ``length`` count characters of its text, from 0."""

    code = "invalid_query"

    def __init__(
        self, message: str, position: int, length: int, parameter: str = PARAMETER
    ) -> None:
        super().__init__(message, {parameter: message})
        self.position, self.length = position, length

    def as_dict(self) -> dict[str, object]:
        """The body of the API's ``error`` member, with the place of the word."""
        return {**super().as_dict(), "position": self.position, "length": self.length}


def suggestion(word: str, known: Iterable[str]) -> str:
    """“ Did you mean …?” with the nearest of some known words; "" where none is near."""
    names = {fold_for_finding(name): name for name in known}
    near = get_close_matches(fold_for_finding(word), names, n=1, cutoff=NEAR)
    return f" Did you mean {names[near[0]]}?" if near else ""
